import { config } from "./page.js";

const PREFIX = `cw:${config.id}:`;
/** @type {Record<string, string>} */
const memory = {};
let disk = memory;
try {
  localStorage[`${PREFIX}probe`] = 1;
  delete localStorage[`${PREFIX}probe`];
  disk = localStorage;
} catch {} // cookies and storage blocked: every access throws

/** Whether a reload finds again what is kept. */
export const durable = disk !== memory;

/** Kept in this browser, or in memory where storage is denied or full. */
export function recall(key) {
  return JSON.parse(memory[PREFIX + key] ?? disk[PREFIX + key] ?? null);
}

/** @param {any} value null removes */
export function keep(key, value) {
  delete memory[PREFIX + key];
  try {
    if (value === null) delete disk[PREFIX + key];
    else disk[PREFIX + key] = JSON.stringify(value);
  } catch {
    memory[PREFIX + key] = JSON.stringify(value);
  }
}

export function recallAll(start) {
  const keys = Object.keys({ ...disk, ...memory }).filter((key) => key.startsWith(PREFIX + start));
  return keys.map((key) => recall(key.slice(PREFIX.length)));
}

/** @param {() => void} changed called when another tab changed it */
export function watch(key, changed) {
  addEventListener("storage", (event) => event.key === PREFIX + key && changed());
}
