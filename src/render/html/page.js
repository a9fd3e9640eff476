document.querySelectorAll("th").forEach(function (head) {
  var title = head.textContent, button = document.createElement("button");
  button.type = "button";
  button.textContent = title;
  head.textContent = "";
  head.appendChild(button);
  button.addEventListener("click", function () {
    var body = head.closest("table").tBodies[0], at = head.cellIndex;
    var up = head.getAttribute("aria-sort") !== "ascending";
    head.parentNode.querySelectorAll("th").forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    Array.from(body.rows).sort(function (a, b) {
      var order = a.cells[at].textContent.localeCompare(b.cells[at].textContent, "en", { numeric: true });
      return up ? order : -order;
    }).forEach(function (row) { body.appendChild(row); });
  });
});
function unfold(hash) {
  var to = hash && document.getElementById(hash.slice(1));
  if (to && to.tagName === "DETAILS") { to.open = true; to.scrollIntoView(); }
}
document.addEventListener("click", function (event) {
  var link = event.target.closest("a[href^='#']");
  if (link) { unfold(link.hash); }
});
unfold(location.hash);
