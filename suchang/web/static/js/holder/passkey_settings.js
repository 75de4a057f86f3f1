/** Adding a passkey on the page of settings. */

import { call } from '../api.js';
import { available, create } from '../passkey.js';
import { say } from '../words.js';

const PATH = '/api/v1/me/passkeys';
const form = document.getElementById('add-passkey');
const wrong = document.getElementById('passkey-wrong');

/** @param {import('../api.js').Answer} answer */
function sentence(answer) {
  if (answer.status === 0) return say('offline');
  return say(['sign_in_again', 'too_many_passkeys', 'passkey_known'].includes(answer.body?.code) ? answer.body.code : 'away');
}

async function add() {
  const options = await call(`${PATH}/options`, { method: 'POST', body: {} });
  if (!options.ok) return sentence(options);
  let credential;
  try {
    credential = await create(options.body);
  } catch (problem) {
    return say(problem.name === 'InvalidStateError' ? 'passkey_known' : 'not_done');
  }
  const added = await call(PATH, { method: 'POST', body: { name: form.elements.name.value.trim(), credential } });
  return added.ok ? null : sentence(added);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  wrong.hidden = true;
  const button = form.querySelector('button');
  button.setAttribute('aria-busy', 'true');
  const trouble = await add();
  button.removeAttribute('aria-busy');
  if (trouble === null) location.reload();
  else {
    wrong.textContent = trouble;
    wrong.hidden = false;
  }
});

form.hidden = !available();
document.getElementById('no-passkeys').hidden = available();
