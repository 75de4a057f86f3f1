/** Tells how far a simulation is, and shows its result when it is there. */

import { say } from '../words.js';

const PAUSE = 1500;
const waiting = document.getElementById('waiting');
const step = document.getElementById('step');
const bar = document.getElementById('bar');

async function look() {
  try {
    const answer = await fetch(waiting.dataset.progress, { headers: { Accept: 'application/json' }, cache: 'no-store' });
    const { state, progress } = await answer.json();
    if (state === 'done' || state === 'failed') {
      location.reload();
      return;
    }
    const text = say(progress?.step ?? 'queued');
    if (step.textContent !== text) step.textContent = text;
    if (progress) Object.assign(bar, { max: progress.total || 1, value: progress.done });
  } catch {
    // No network for a moment: the next look may have one.
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
