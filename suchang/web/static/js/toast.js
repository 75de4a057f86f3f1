/** Short messages at the foot of the page, read out by screen readers. */

/**
 * Show a message; give it a button where something can be done about it.
 *
 * @param {string} text
 * @param {{action?: string, onAction?: () => void, seconds?: number}} [more]
 */
export function toast(text, { action, onAction, seconds = 6 } = {}) {
  const box = document.createElement('div');
  box.className = 'toast';
  const words = document.createElement('span');
  words.textContent = text;
  box.append(words);
  if (action) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn--small';
    button.textContent = action;
    button.addEventListener('click', () => {
      box.remove();
      onAction?.();
    });
    box.append(button);
  }
  document.getElementById('toasts').append(box);
  setTimeout(() => box.remove(), seconds * 1000);
}
