/* The menu of versions, on a site that tools/site.sh made: main lies at its root, each tag in a folder of its own, and the root's
 * versions.js names them all, newer ones than this page knows of included. */
(() => {
  "use strict";
  const here = DOCUMENTATION_OPTIONS.VERSION;
  const book = new URL(DOCUMENTATION_OPTIONS.URL_ROOT || document.getElementById("documentation_options").dataset.url_root, location.href);
  const root = here === "main" ? book : new URL("../", book);
  const page = location.href.slice(book.href.length).replace(/[?#].*/, "");

  /* The same page there, or, where that version has none, its first one. */
  const go = async (version) => {
    const there = new URL(version === "main" ? "./" : `${version}/`, root);
    const same = new URL(page, there).href;
    const exists = await fetch(same, { method: "HEAD" }).then((answer) => answer.ok, () => false);
    location.href = exists ? same : new URL("index.html", there).href;
  };

  const show = () => {
    const brand = document.querySelector(".sidebar-brand");
    if (!brand || !window.MANUL_VERSIONS) return;
    const menu = document.createElement("select");
    menu.setAttribute("aria-label", "Version of this book");
    menu.className = "versions";
    for (const version of window.MANUL_VERSIONS) menu.add(new Option(version, version, version === here, version === here));
    menu.addEventListener("change", () => go(menu.value));
    brand.after(menu);
  };

  const list = document.createElement("script");
  list.src = new URL("versions.js", root).href;
  list.addEventListener("load", show);
  document.head.append(list);
})();
