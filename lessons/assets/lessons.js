// A choice shows whether it is right; the explanation comes with the right one.
for (const button of document.querySelectorAll(".question button")) {
  button.addEventListener("click", () => {
    const right = button.dataset.right === "true";
    button.classList.add(right ? "right" : "wrong");
    if (right) button.closest(".question").querySelector(".explanation").hidden = false;
  });
}
