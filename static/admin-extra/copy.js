// Copies the code beside the button. Where the browser has no clipboard (plain http) it selects the text instead.
addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  const code = button?.parentElement.querySelector("code");
  if (!code) return;
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
  }
});
