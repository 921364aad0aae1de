/* Plays the recordings in the page: the player takes the place of the last screen, which stays for paper. */
"use strict";
addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".cast")) {
    const place = document.createElement("div");
    place.className = "cast-player";
    box.append(place);
    const data = box.querySelector("script").textContent, [end] = JSON.parse(data.trim().split("\n").pop());
    box.player = AsciinemaPlayer.create({ data }, place, {
      fit: "width", theme: "asciinema", poster: `npt:${end}`, startAt: Number(box.dataset.start), speed: Number(box.dataset.speed),
      terminalFontFamily: "monospace", preload: true,
    });
    // The player takes keys where it has the focus, and of itself lets only the mouse put it there.
    const keys = place.querySelector(".ap-wrapper");
    keys.tabIndex = 0;
    keys.setAttribute("role", "group");
    keys.setAttribute("aria-label", "Recording: Space plays and stops, arrows go forward and back, digits to a tenth of it");
    box.dataset.ready = "1";
  }
});
