// The site's few movements: questions go to the bubble, code can be copied. Without script the page is whole.
const widget = () => window.chatWidget?.instancePromise;

addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-open], [data-ask]");
  if (!button) return;
  const chat = await widget();
  chat?.show();
  if (button.dataset.ask) chat?.sendMessage({ text: button.dataset.ask });
});

const copying = (button, code) => {
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  });
};

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) copying(button, button.closest("figure").querySelector("code"));
}
