/** Puts a ready-made phrase into the field for the reason, behind what is written there already. */

document.addEventListener('click', (event) => {
  const phrase = event.target.closest('[data-phrase]')?.dataset.phrase;
  const field = document.getElementById('f-reason');
  if (!phrase || !field) return;
  field.value = [field.value.trim(), phrase].filter(Boolean).join('\n');
  field.focus();
});
