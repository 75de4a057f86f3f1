/** Writes the name of the chosen file into the control that chose it. */

for (const input of document.querySelectorAll('.drop input[type=file]')) {
  const chosen = input.closest('.drop').querySelector('[data-chosen]');
  const hint = chosen.textContent;
  input.addEventListener('change', () => {
    chosen.textContent = [...input.files].map((file) => file.name).join(', ') || hint;
    input.closest('.drop').classList.toggle('drop--chosen', input.files.length > 0);
  });
}
