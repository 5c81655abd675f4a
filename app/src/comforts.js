// Small comforts. Every page and form works without them.
const KEPT = "lexicontract-place";

// One click, one effect: a form that is on its way is not sent again, and says that it is under way.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  if (form.getAttribute("method") !== "post") return;
  form.setAttribute("aria-busy", "true");
  const button = event.submitter;
  const words = form.dataset.busy;
  const label = words && button?.lastChild;
  const before = label?.data;
  if (label) label.data = words;
  const shown = document.getElementById(form.dataset.shows);
  const chosen = form.querySelector("select")?.selectedOptions[0];
  const parts = shown && chosen && [...shown.childNodes];
  if (parts) shown.textContent = `${chosen.text.trim()} …`;
  // Still on this page: the way was stopped, or the server is slow. The form can be sent again.
  const patience = form.enctype === "multipart/form-data" ? 120_000 : 10_000;
  setTimeout(() => {
    form.removeAttribute("aria-busy");
    if (label) label.data = before;
    if (parts) shown.replaceChildren(...parts);
  }, patience);
  const place = (button?.id && button) || form.closest("[id]");
  sessionStorage.setItem(KEPT, JSON.stringify([location.pathname, place?.id, scrollY, Date.now()]));
});
// A file that is too large is refused here, before it is on its way.
addEventListener("change", ({ target }) => {
  if (!target.dataset?.most) return;
  const isTooLarge = [...target.files].some((file) => file.size > target.dataset.most);
  target.setCustomValidity(isTooLarge ? target.dataset.tooLarge : "");
  target.reportValidity();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// After a form, the focus is where it was; what went wrong comes first.
const [path, id, top, at] = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
sessionStorage.removeItem(KEPT);
const focus = (element) => {
  if (!element.matches("a, button, input, select, summary, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
};
const alert = document.querySelector("main [role=alert][data-outcome]");
if (alert) focus(alert);
else if (path === location.pathname && Date.now() - at < 30000 && !location.hash) {
  const place = id && document.getElementById(id);
  if (place) focus(place);
  scrollTo(0, top);
}

// A menu closes when its person goes on elsewhere, or presses Escape.
const menus = () => document.querySelectorAll("details[data-menu][open]");
addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});

// What was on the page before it was heard is said again; what is read can be put away.
for (const toast of document.querySelectorAll("[data-toast] [role=status]")) {
  const words = [...toast.childNodes];
  toast.replaceChildren();
  setTimeout(() => toast.append(...words), 150);
}
addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-dismiss]");
  if (!link) return;
  event.preventDefault();
  link.closest("[data-toast]").remove();
  focus(document.getElementById("main"));
});

// Times and numbers as the reader writes them, in the reader's time zone.
const locale = navigator.languages;
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const localise = (root) => {
  for (const time of root.querySelectorAll("time[datetime]:not([data-said])")) {
    const date = new Date(time.dateTime);
    time.title = exact.format(date);
    if (!("relative" in time.dataset) && time.firstChild) time.firstChild.data = day.format(date);
    time.dataset.said = "";
  }
  for (const number of root.querySelectorAll("data[value]:not([data-said])")) {
    const { unit } = number.dataset;
    // The short form of bytes has no plural ("75 byte").
    const unitDisplay = unit === "byte" ? "long" : "short";
    const style = unit ? { style: "unit", unit, unitDisplay, maximumFractionDigits: 1 } : {};
    number.firstChild.data = new Intl.NumberFormat(locale, style).format(number.value);
    number.dataset.said = "";
  }
};
localise(document);

// How long ago something was goes on while the page is open. The words are those of `words/moment.rs`.
const [MINUTE, DAY] = [60_000, 86_400_000];
const length = (distance) => {
  const minutes = Math.max(1, Math.floor((distance + MINUTE / 2) / MINUTE));
  if (minutes < 60) return [minutes, "minute"];
  return distance < DAY ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1_440), "day"];
};
const relative = (since) => {
  if (Math.abs(since) < 45_000) return "just now";
  const [count, unit] = length(Math.abs(since));
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return since < 0 ? `in ${words}` : `${words} ago`;
};
setInterval(() => {
  if (document.hidden) return;
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const since = Date.now() - new Date(time.dateTime);
    if (time.firstChild && Math.abs(since) < 7 * DAY) time.firstChild.data = relative(since);
  }
}, 10_000);
new MutationObserver((changes) => {
  if (changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.nodeType === 1))) localise(document);
}).observe(document.body, { childList: true, subtree: true });
