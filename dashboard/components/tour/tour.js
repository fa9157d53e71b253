// The tour: six links, and Hide, which this browser remembers until somebody asks for the tour again.
const HIDDEN = "rr-tour-hidden";

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function stepOf({ what, where, how }) {
  const step = element("li"), link = element("a", "", what);
  link.href = where;
  link.target = "_self";
  step.append(link, element("span", "", how));
  return step;
}

export default function ({ parentElement, data }) {
  const card = parentElement.querySelector(".tour");
  const hiddenAfter = localStorage.getItem(HIDDEN);
  card.hidden = hiddenAfter !== null && Number(hiddenAfter) >= data.asked;
  if (card.firstChild) return;
  const head = element("div", "head"), hide = element("button", "", "Hide the tour"), steps = element("ol");
  hide.type = "button";
  hide.title = "Help, at the top right, shows it again";
  head.append(element("h2", "", "Six things to try here"), element("span", "", "a simulated season; nothing you do is official"), hide);
  steps.append(...data.steps.map(stepOf));
  card.append(head, steps);
  hide.addEventListener("click", () => {
    localStorage.setItem(HIDDEN, String(Math.max(Date.now(), data.asked)));
    card.hidden = true;
  });
}
