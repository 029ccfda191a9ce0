// Passkeys are script by nature; everything else on these pages works without. The hub's pages hold no inline script, so what
// this needs stands in the form: `data-options` is where the challenge comes from, `data-kind="make"` makes a new passkey,
// `data-autofill` offers passkeys in the address field too.
(() => {
  const { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, startAuthentication, startRegistration } =
    globalThis.SimpleWebAuthnBrowser ?? {};
  if (browserSupportsWebAuthn?.() !== true) return;

  async function options(form) {
    const token = form.elements.namedItem('csrf');
    const answer = await fetch(form.dataset.options, {
      method: 'POST',
      headers: token === null ? {} : { 'X-CSRF-Token': token.value },
    });
    if (!answer.ok) throw new Error(`options answered ${answer.status}`);
    return answer.json();
  }

  async function run(form, useBrowserAutofill) {
    const optionsJSON = await options(form);
    const make = form.dataset.kind === 'make';
    const answer = make
      ? await startRegistration({ optionsJSON })
      : await startAuthentication({ optionsJSON, useBrowserAutofill });
    form.elements.namedItem('answer').value = JSON.stringify(answer);
    form.submit();
  }

  for (const form of document.querySelectorAll('form.passkey')) {
    form.hidden = false;
    const status = form.querySelector('[role=status]');
    const button = form.querySelector('button');
    button.addEventListener('click', async (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      status.textContent = '';
      try {
        await run(form, false);
      } catch {
        // The person turned back, took too long, or has no passkey here.
        status.textContent = status.dataset.failed;
      }
    });
    if (form.dataset.autofill === undefined) continue;
    browserSupportsWebAuthnAutofill().then((can) => {
      // Nobody asked for it, so its end is no news.
      if (can) run(form, true).catch(() => {});
    });
  }
})();
