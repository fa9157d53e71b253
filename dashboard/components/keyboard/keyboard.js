// The keys of every page. They are heard on the document, and only while nobody is writing.
const FIELDS = '.st-key-filter input, .st-key-jump input';

function isWriting(target) {
  const holdsText = target.tagName === "INPUT" && !/^(checkbox|radio|button|range)$/.test(target.type);
  return target.isContentEditable || holdsText || /^(TEXTAREA|SELECT)$/.test(target.tagName);
}

// A dialog that asks for words is opened by a key, and answered without the mouse: its field has the focus.
const ASKED = ".st-key-offline-comment input, .st-key-cycle-why input";
const greeted = new WeakSet();

function greet() {
  const dialog = document.querySelector('[data-testid="stDialog"]');
  const field = dialog?.querySelector(ASKED);
  if (!field || greeted.has(dialog)) return;
  greeted.add(dialog);
  field.focus();
}

function list(keys) {
  return Object.entries(keys).map(([key, meaning]) => {
    const row = document.createElement("div");
    const name = document.createElement("b");
    name.textContent = key;
    const said = document.createElement("span");
    said.textContent = meaning;
    row.append(name, said);
    return row;
  });
}

// Streamlit calls this again with new data, without taking the old listener away: that is done here.
export default function ({ parentElement, data }) {
  const help = parentElement.querySelector(".keys");
  help.replaceChildren(...list(data.keys));
  const heard = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.composedPath()[0])) return;
    if (event.key === "/") {
      const fields = [...document.querySelectorAll(FIELDS)];
      const field = fields.find((f) => f.closest(".st-key-filter")) ?? fields[0];
      field?.focus();
    } else if (event.key === "?") help.hidden = !help.hidden;
    else if (event.key === "Escape" && !help.hidden) help.hidden = true;
    else return;
    event.preventDefault();
  };
  help.stopListening?.();
  document.addEventListener("keydown", heard);
  const opened = new MutationObserver(greet);
  opened.observe(document.body, { childList: true, subtree: true });
  help.stopListening = () => {
    document.removeEventListener("keydown", heard);
    opened.disconnect();
  };
  return help.stopListening;
}
