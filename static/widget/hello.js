// First script of the frame. What the visitor once chose comes before what the site asks for, unless the address is of one language only.
try {
  const { pathname, search } = location;
  const chosen = JSON.parse(localStorage[`cw:${pathname.split("/")[3]}:language`]);
  const first = `?lang=${chosen}%2C`;
  if (chosen !== document.documentElement.lang && !search.startsWith(first) && !search.endsWith("&only")) location.replace(search.replace(/^\?lang=|^/, first));
} catch {} // nothing was chosen, or storage is blocked

// Its answer tells the embed that the page was not refused.
addEventListener("message", ({ source, origin, data }) => {
  if (source === parent && data?.type === "cw:init") parent.postMessage({ type: "cw:hello" }, origin);
});
