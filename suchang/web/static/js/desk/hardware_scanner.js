/**
 * A hardware scanner is a keyboard that types very fast and ends with Enter. A single slow key is a person's shortcut.
 * Keys typed into a field are left alone.
 */

const FAST = 60;
const PREFIX = 'SC1:';

/** @param {{onScan: (text: string) => void, onKey: (key: string) => void}} to */
export function listenToScanner({ onScan, onKey }) {
  let typed = '';
  let timer = 0;

  const settle = () => {
    if (typed.length === 1) onKey(typed.toLowerCase());
    typed = '';
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target.closest?.('input:not([type=file]), textarea, select');
    if (event.key === 'Escape') {
      onKey('Escape');
      return;
    }
    if (inField) return;
    if (event.key === 'Enter') {
      if (typed.startsWith(PREFIX) || typed.length > 20) {
        event.preventDefault();
        onScan(typed);
      }
      typed = '';
      clearTimeout(timer);
      return;
    }
    if (event.key.length !== 1) return;
    if (event.key === ' ' && typed === '') return;
    if (typed !== '') event.preventDefault();
    typed += event.key;
    clearTimeout(timer);
    timer = setTimeout(settle, FAST);
  });
}
