// What every page does beyond showing its text. Nothing here is needed to read the page.
const body = document.body;
const english = document.documentElement.lang === "en";
// A month is shorter than the terms that most of the rules here set.
const OLD_COPY_DAYS = 30;

// The language link keeps the section: the last heading above the middle of the screen.
const link = document.querySelector("[data-language]");
if (link) {
  const plain = link.getAttribute("href");
  const aim = () => {
    const given = location.hash;
    const there = given.length > 1 && document.getElementById(given.slice(1))?.getBoundingClientRect();
    let anchor = "";
    for (const heading of document.querySelectorAll("article h2[id], article h3[id]")) {
      if (heading.getBoundingClientRect().top > window.innerHeight / 2) break;
      anchor = `#${heading.id}`;
    }
    // The section that the address names, while it is on the screen. A calculator's link names its figures there.
    if (given.includes("=") || (there && there.bottom > 0 && there.top < window.innerHeight)) anchor = given;
    else if (window.scrollY < 80) anchor = "";
    link.setAttribute("href", plain + anchor);
  };
  for (const kind of ["pointerdown", "focus", "keydown", "click"]) link.addEventListener(kind, aim);
}

// Facts that have run out since this page was built.
const today = new Date();
const day = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
for (const banner of document.querySelectorAll("[data-expires]")) {
  if (day > banner.dataset.expires) banner.hidden = false;
}

// A copy kept on the phone says how old it is.
const keptAt = body.dataset.copyKept;
if (keptAt && !Number.isNaN(Date.parse(keptAt))) {
  const banner = document.querySelector(".banner--copy");
  const when = new Date(keptAt).toLocaleString(english ? "en-GB" : "zh-CN", { dateStyle: "long", timeStyle: "short" });
  const age = Math.floor((Date.now() - Date.parse(keptAt)) / 86400000);
  const old = age >= OLD_COPY_DAYS ? (english ? " " : "") + banner.dataset.old.replace("%s", age) : "";
  banner.textContent = banner.dataset.text.replace("%s", when) + old;
  banner.hidden = false;
}

// The offline copy. Under `mkdocs serve` there is no service worker, so nothing is registered there; nor is it from a frame
// of another site, whose page says no root.
if ("serviceWorker" in navigator && body.dataset.root && document.querySelector('meta[http-equiv="Content-Security-Policy"]')) {
  const root = new URL(`${body.dataset.root}/`, location.href);
  navigator.serviceWorker
    .register(new URL("sw.js", root), { scope: root.pathname })
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => registration.active.postMessage({ keep: english ? "en" : "zh" }))
    .catch(() => {});
}

// Send it to somebody: the plain address, without what was searched or typed.
const send = document.querySelector(".send");
if (send) {
  const address = location.href.split(/[?#]/)[0];
  const said = send.querySelector(".send__said");
  send.querySelector("[data-send=share]").hidden = !navigator.share;
  send.hidden = false;
  send.addEventListener("click", async ({ target: { dataset } }) => {
    if (dataset.send === "share") {
      const title = document.querySelector('meta[property="og:title"]').content;
      await navigator.share({ title, url: address }).catch(() => {}); // closed without sending
    } else if (dataset.send === "link") {
      try {
        await navigator.clipboard.writeText(address);
        said.textContent = said.dataset.copied;
      } catch {
        said.textContent = `${said.dataset.press} ${address}`;
      }
    }
  });
}

// One step a screen, where a page has steps.
if (document.querySelector("section.step")) import("./steps.js");

// The list of rules can be narrowed.
if (document.querySelector("[data-law-filter]")) import("./law-filter.js");
