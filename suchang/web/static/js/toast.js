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
    const act = () => {
      box.remove();
      onAction?.();
    };
    button.addEventListener('click', act);
    // At a desk, where a scanner types Enter, keys do this only when they are held.
    button.dataset.deliberate = '';
    button.addEventListener('deliberate', act);
    box.append(button);
  }
  document.getElementById('toasts').append(box);
  setTimeout(() => box.remove(), seconds * 1000);
}
