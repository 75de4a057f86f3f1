/** Signing out forgets the key, the credential and the kept pages of this phone. */

import { Wallet } from '../../credentials/presentation.js';

for (const form of document.querySelectorAll('form[data-forget]')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const wallet = await Wallet.open();
      await wallet.clear();
      for (const name of await caches.keys()) if (name.startsWith('pages-')) await caches.delete(name);
    } finally {
      form.submit();
    }
  });
}
