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
  if (button && words) button.lastChild.data = words;
  const shown = document.getElementById(form.dataset.shows);
  const chosen = form.querySelector("select")?.selectedOptions[0];
  if (shown && chosen) shown.textContent = `${chosen.text.trim()} …`;
  const place = (button?.id && button) || form.closest("[id]");
  sessionStorage.setItem(KEPT, JSON.stringify([location.pathname, place?.id, scrollY, Date.now()]));
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

// On a phone the navigation may be wider than the screen.
document.querySelector("nav [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

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
    const style = unit ? { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 } : {};
    number.firstChild.data = new Intl.NumberFormat(locale, style).format(number.value);
    number.dataset.said = "";
  }
};
localise(document);
new MutationObserver((changes) => {
  if (changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.nodeType === 1))) localise(document);
}).observe(document.body, { childList: true, subtree: true });
