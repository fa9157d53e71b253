// The keys of every page. They are heard on the document, and only while nobody is writing.
const FIELDS = '.st-key-filter input, .st-key-jump input';

function isWriting(target) {
  const holdsText = target.tagName === "INPUT" && !/^(checkbox|radio|button|range)$/.test(target.type);
  return target.isContentEditable || holdsText || /^(TEXTAREA|SELECT)$/.test(target.tagName);
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
  help.stopListening = () => document.removeEventListener("keydown", heard);
  return help.stopListening;
}
