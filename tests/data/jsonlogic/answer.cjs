// What json-logic-js says: reads [[rule, data], …] and writes [["says", value] or ["throws", message], …].
const jsonLogic = require(process.argv[2]);
const { readFileSync } = require("node:fs");
const write = console.log;

console.log = () => {};
const answer = ([rule, data]) => {
  try {
    return ["says", jsonLogic.apply(rule, data)];
  } catch (error) {
    return ["throws", error.message];
  }
};
write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(answer)));
