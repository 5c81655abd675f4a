// Progressive enhancement: pages and forms also work without this script.

// A click on a link or button with `data-dialog` opens a dialog. The attribute contains the id of the template from which the
// dialog is cloned.
addEventListener("click", (event) => {
  const from = event.target.closest?.("[data-dialog]");
  const template = from && document.getElementById(from.dataset.dialog);
  if (!template || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = template.content.firstElementChild.cloneNode(true);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
});

const STORED_FOCUS = "lexicontract-place";

// Prevents double submission of a form, and shows that the request is pending.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  if (form.getAttribute("method") !== "post") return;
  form.setAttribute("aria-busy", "true");
  const button = event.submitter;
  const busy = form.dataset.busy;
  const label = busy && button?.lastChild;
  const before = label?.data;
  if (label) label.data = busy;
  const shown = document.getElementById(form.dataset.shows);
  const chosen = form.querySelector("select")?.selectedOptions[0];
  const parts = shown && chosen && [...shown.childNodes];
  if (parts) shown.textContent = `${chosen.text.trim()} …`;
  // If the browser still shows this page after the timeout, the user can submit the form again.
  const timeout = form.enctype === "multipart/form-data" ? 120_000 : 10_000;
  setTimeout(() => {
    form.removeAttribute("aria-busy");
    if (label) label.data = before;
    if (parts) shown.replaceChildren(...parts);
  }, timeout);
  const place = (button?.id && button) || form.closest("[id]");
  sessionStorage.setItem(STORED_FOCUS, JSON.stringify([location.pathname, place?.id, scrollY, Date.now()]));
});
// Rejects a file that is too large before the form is submitted.
addEventListener("change", ({ target }) => {
  if (!target.dataset?.most) return;
  const isTooLarge = [...target.files].some((file) => file.size > target.dataset.most);
  target.setCustomValidity(isTooLarge ? target.dataset.tooLarge : "");
  target.reportValidity();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// After a form has been submitted, focuses the error message or, if there is none, restores the focus and the scroll position.
const [path, id, top, at] = JSON.parse(sessionStorage.getItem(STORED_FOCUS) ?? "[]");
sessionStorage.removeItem(STORED_FOCUS);
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

// A click outside of a menu and the key Escape close the menu.
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

// Inserts the text of a toast again after the page has loaded, so that screen readers announce the text.
for (const toast of document.querySelectorAll("[data-toast] [role=status]")) {
  const content = [...toast.childNodes];
  toast.replaceChildren();
  setTimeout(() => toast.append(...content), 150);
}
addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-dismiss]");
  if (!link) return;
  event.preventDefault();
  link.closest("[data-toast]").remove();
  focus(document.getElementById("main"));
});

// Localizes times and numbers, using the browser's languages and time zone.
const locale = navigator.languages;
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const second = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
const localise = (root) => {
  for (const time of root.querySelectorAll("time[datetime]:not([data-said])")) {
    const date = new Date(time.dateTime);
    time.title = exact.format(date);
    const format = "exact" in time.dataset ? second : day;
    if (!("relative" in time.dataset) && time.firstChild) time.firstChild.data = format.format(date);
    time.dataset.said = "";
  }
  for (const number of root.querySelectorAll("data[value]:not([data-said])")) {
    const { unit } = number.dataset;
    // The short form of `byte` has no plural: "75 byte".
    const unitDisplay = unit === "byte" ? "long" : "short";
    const style = unit ? { style: "unit", unit, unitDisplay, maximumFractionDigits: 1 } : {};
    number.firstChild.data = new Intl.NumberFormat(locale, style).format(number.value);
    number.dataset.said = "";
  }
};
localise(document);

// Updates relative times while the page is open. `text/moment.rs` contains the same texts.
const [MINUTE, DAY] = [60_000, 86_400_000];
const length = (distance) => {
  const minutes = Math.max(1, Math.floor((distance + MINUTE / 2) / MINUTE));
  if (minutes < 60) return [minutes, "minute"];
  return distance < DAY ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1_440), "day"];
};
const relative = (since) => {
  if (Math.abs(since) < 45_000) return "just now";
  const [count, unit] = length(Math.abs(since));
  const text = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return since < 0 ? `in ${text}` : `${text} ago`;
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
