/** A secret that is shown once can be copied, and is what a screen reader comes to first. */

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  const text = button.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = `${text} ✓`;
  });
}
document.getElementById('secret')?.focus();
