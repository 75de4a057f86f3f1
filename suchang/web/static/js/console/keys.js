/** The console by keyboard: J and K through the queue, A, S and R for the opinion, Ctrl+Enter to send, / to search. */

const links = () => [...document.querySelectorAll('#queue a')];

function move(step) {
  const all = links();
  const at = all.findIndex((link) => link === document.activeElement || link.hasAttribute('aria-current'));
  const focused = all.indexOf(document.activeElement);
  const next = all[Math.min(all.length - 1, Math.max(0, (focused >= 0 ? focused : at) + step))];
  next?.focus();
}

function choose(key) {
  const found = document.querySelector(`[data-key="${key}"]`);
  if (found?.tagName === 'BUTTON') found.focus();
  else if (found) {
    found.checked = true;
    found.dispatchEvent(new Event('change', { bubbles: true }));
    document.getElementById(key === 's' ? 'f-documents' : 'f-reason')?.focus();
  }
}

document.addEventListener('keydown', (event) => {
  const inField = event.target.closest('input:not([type=radio], [type=checkbox]), textarea, select');
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    document.getElementById('decide')?.requestSubmit();
    return;
  }
  if (event.key === 'Escape' && inField) inField.blur();
  if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  const acts = { j: () => move(1), k: () => move(-1), a: () => choose('a'), s: () => choose('s'), r: () => choose('r'), '/': () => document.getElementById('f-q')?.focus() };
  if (!acts[key]) return;
  event.preventDefault();
  acts[key]();
});

document.documentElement.dataset.ready = 'console';
