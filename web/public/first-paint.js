// Runs before the page is drawn, so that it never flashes in the wrong colours or the wrong language.
(function () {
  var root = document.documentElement;
  var read = function (key) {
    try {
      return localStorage.getItem(key);
    } catch (error) {
      return null; // Storage can be switched off; the defaults then hold.
    }
  };
  var scheme = read("kiem.theme");
  var dark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  root.lang = read("kiem.language") || (/^nl\b/i.test(navigator.language) ? "nl" : "en");
})();
