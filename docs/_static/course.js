/* Quizzes; without script every explanation is shown. And code that can be scrolled can be scrolled by keyboard. */
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  for (const pre of document.querySelectorAll("pre, .table-wrapper")) pre.tabIndex = 0;
  for (const quiz of document.querySelectorAll("fieldset.quiz")) {
    const out = quiz.querySelector(".quiz-out");
    quiz.addEventListener("change", (event) => {
      for (const c of quiz.querySelectorAll(".choice")) c.classList.remove("said", "right", "wrong");
      const choice = event.target.closest(".choice");
      const right = choice.dataset.right === "1";
      choice.classList.add("said", right ? "right" : "wrong");
      out.textContent = right ? "Right." : "No. Read why, then try another.";
    });
  }
})();
