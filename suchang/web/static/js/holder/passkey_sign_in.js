/** Signing in with a passkey: by its button, or where the browser offers it in the field for the phone number. */

import { call } from '../api.js';
import { available, offersInField, sign } from '../passkey.js';
import { say } from '../words.js';

const form = document.getElementById('passkey');
const wrong = document.getElementById('passkey-wrong');
let waiting = new AbortController();

function complain(key) {
  wrong.textContent = say(key);
  wrong.hidden = false;
}

async function signIn(how) {
  const answer = await call('/api/v1/sign-in/passkey/options', { method: 'POST', body: {} });
  if (!answer.ok) throw new Error(answer.status === 0 ? 'offline' : 'away');
  form.elements.credential.value = JSON.stringify(await sign(answer.body, how));
  form.submit();
}

async function onClick(event) {
  event.preventDefault();
  // One request at a time: the offer in the field makes way for the button, and comes back when that fails.
  waiting.abort();
  wrong.hidden = true;
  try {
    await signIn();
  } catch (problem) {
    complain(['offline', 'away'].includes(problem.message) ? problem.message : 'not_done');
    await offer();
  }
}

async function offer() {
  if (!(await offersInField())) return;
  waiting = new AbortController();
  // Nobody asked for this one, so nobody is told when nothing comes of it.
  await signIn({ mediation: 'conditional', signal: waiting.signal }).catch(() => {});
}

if (available()) {
  form.hidden = false;
  form.addEventListener('submit', onClick);
  document.documentElement.dataset.passkeys = 'ready';
  await offer();
}
