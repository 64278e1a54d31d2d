// Runs before the first paint: applies the reader's choice of theme, so that the page does not flash.
(function () {
  "use strict";
  var choice = "auto";
  try { choice = localStorage.getItem("casefile-theme") || "auto"; } catch (error) { /* storage is off: follow the system */ }
  if (choice === "light" || choice === "dark") { document.documentElement.dataset.theme = choice; }
  document.documentElement.classList.add("js");
})();
