// The rows and the moment are two components of one page; they find each other here by the key of their grid.

function linkOf(key) {
  const links = (globalThis[Symbol.for("run-registry.quality-grid")] ??= new Map());
  if (!links.has(key)) links.set(key, { grid: null, moment: null, ask: null });
  return links.get(key);
}
