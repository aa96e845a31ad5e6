// The site's few movements: questions go to the bubble, code can be copied. Without script the page is whole.
const widget = () => window.chatWidget?.instancePromise;

addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-open], [data-ask]");
  if (!button) return;
  const chat = await widget();
  chat?.show();
  if (button.dataset.ask) chat?.sendMessage({ text: button.dataset.ask });
});

if (navigator.clipboard) for (const figure of document.querySelectorAll(".prose .code, .line")) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "copy", textContent: "Copy" });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(figure.querySelector("code").textContent);
    button.textContent = "Copied";
  });
  figure.append(button);
}
