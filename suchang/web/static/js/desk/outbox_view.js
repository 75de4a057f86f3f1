/** The acts that are not done: what waits to be sent, what the ledger refused and a person has to settle; leaving asks. */

import { say, wordsOf } from '../words.js';
import { deliberately } from './keyboard.js';
import { make } from './verdict_view.js';

const element = (id) => document.getElementById(id);
const english = document.documentElement.lang === 'en';

export class OutboxView {
  /** @param {{offline: import('./offline_desk.js').OfflineDesk, changed: () => void}} parts */
  constructor({ offline, changed }) {
    Object.assign(this, { offline, changed, own: [], leaving: null });
    this.dialog = element('outbox');
    element('queue').addEventListener('click', () => this.#open(null));
    element('outbox-close').addEventListener('click', () => this.dialog.close());
    deliberately(element('outbox-leave'), () => this.leaving?.submit());
    const way = document.querySelector('form[action="/desk/sign-out"]');
    way.addEventListener('submit', (event) => {
      if (this.own.length === 0) return;
      event.preventDefault();
      this.#open(way);
    });
  }

  /** @param {{own: any[], others: any[]}} open */
  show({ own, others }) {
    this.own = own;
    const list = element('outbox-list');
    // Somebody may be writing into it.
    if (list.contains(document.activeElement)) return;
    list.replaceChildren(...own.map((act) => this.#line(act)));
    const names = [...new Set(others.map((act) => act.by))].join('、');
    element('outbox-others').textContent = others.length > 0 ? say('others_wait', { names, count: others.length }) : '';
  }

  #open(leaving) {
    this.leaving = leaving;
    element('outbox-leave').hidden = leaving === null;
    element('outbox-why').textContent = leaving === null ? '' : say('leave_unsent', { count: this.own.length });
    if (!this.dialog.open) this.dialog.showModal();
  }

  #line(act) {
    const line = make('li', `act act--${act.state}`);
    const time = new Date(act.presentedAt).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' });
    const items = act.grants.filter((one) => !one.undone).map((one) => one.name).join('、');
    line.append(make('p', '', [time, act.who, items || say('only_verified')].filter(Boolean).join(' · ')));
    if (act.state === 'waiting') line.append(make('p', 'small muted', act.tries > 0 ? say('tried', { count: act.tries }) : say('waits')));
    else line.append(make('p', 'wrong', reasonOf(act)), this.#settling(act));
    return line;
  }

  #settling(act) {
    const form = make('form', 'row');
    const input = make('input', 'input');
    input.setAttribute('aria-label', say('settled_how'));
    Object.assign(input, { placeholder: say('settled_how'), required: true, maxLength: 200 });
    const button = make('button', 'btn btn--small', say('settle'));
    form.append(input, button);
    form.addEventListener('submit', (event) => event.preventDefault());
    deliberately(button, async () => {
      if (!form.reportValidity()) return;
      await this.offline.close(act.id, input.value.trim());
      input.blur();
      this.changed();
    });
    return form;
  }
}

function reasonOf(act) {
  const problem = act.problem ?? act.grants.find((one) => one.problem)?.problem ?? {};
  const known = problem.text?.[english ? 'en' : 'zh'] ?? wordsOf('reasons')[problem.code]?.why;
  return say('ledger_refused', { why: known ?? problem.code ?? String(problem.status ?? '') });
}
