// A calculator in a frame of another site: tells the page around it how high it is, and copies its citation.

// Any page may frame this one, so its address cannot be known here and the message goes to whichever it is. It holds the
// name of the calculator and a height: nothing that was typed, and nothing about the reader.
if (window.parent !== window) {
  const slug = document.body.dataset.embed;
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    window.parent.postMessage({type: "clear-account:height", slug, height}, "*");
  };
  // The observer speaks once by itself, when the page has been laid out.
  new ResizeObserver(tell).observe(document.body);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.nextElementSibling.textContent = button.dataset.copied;
    } catch {
      // Frames may use the clipboard only where the page around them lets them; then the text is marked, ready to copy.
      getSelection().selectAllChildren(text);
    }
  });
}
