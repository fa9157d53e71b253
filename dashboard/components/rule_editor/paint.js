// A rule in colours: operators, names of facts, constants; and the lines that somebody should look at.

const TOKEN = /("(?:[^"\\]|\\.)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([\s\S])/g;

/** The lines of the text as elements; `marks` is line number → its class. */
function paintedLines(text, marks) {
  let isName = false;
  return text.split("\n").map((line, index) => {
    const row = element("div", `line ${marks[index + 1] ?? ""}`);
    for (const [whole, string, colon, constant, other] of line.matchAll(TOKEN)) {
      if (string && colon) {
        isName = /^"(var|missing|missing_some)"$/.test(string);
        row.append(element("span", "operator", string), colon);
      } else if (string) {
        row.append(element("span", isName ? "name" : "constant", string));
        isName = false;
      } else if (constant) {
        row.append(element("span", "constant", constant));
        isName = false;
      } else {
        if (other === "}") isName = false;
        row.append(whole);
      }
    }
    if (!line) row.append("\u200b");
    return row;
  });
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
