// First script of the frame: its answer tells the embed that the page was not refused.
addEventListener("message", ({ source, origin, data }) => {
  if (source === parent && data?.type === "cw:init") parent.postMessage({ type: "cw:hello" }, origin);
});
