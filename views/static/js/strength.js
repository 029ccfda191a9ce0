// Says while a new password is typed how hard it is to guess. Everything is computed here: nothing typed leaves the browser
// before the form is sent. The lists are large, so they are fetched with the first character.
for (const box of document.querySelectorAll('[data-strength]')) {
  const { core, lists, words, texts, enough, least } = JSON.parse(box.dataset.strength);
  const field = document.getElementById(box.dataset.for);
  const meter = box.querySelector('meter');
  const said = box.querySelector('span');
  let zxcvbn;

  const script = (src) =>
    new Promise((resolve, reject) => {
      const element = document.createElement('script');
      element.src = src;
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });

  const load = () => {
    zxcvbn ??= Promise.all([script(core), script(lists)]).then(() => {
      const { adjacencyGraphs, dictionary } = window.zxcvbnts['language-common'];
      return new window.zxcvbnts.core.ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
    });
    return zxcvbn;
  };

  const show = async () => {
    const judge = await load();
    const password = field.value.normalize('NFC').slice(0, 256);
    const { guessesLog10 } = judge.check(password, words);
    const missing = least - [...password].length;
    const level = guessesLog10 < enough ? 1 : missing > 0 || guessesLog10 < enough + 4 ? 2 : 3;
    box.hidden = password === '';
    meter.value = level;
    const text =
      level === 1
        ? texts.weak
        : missing > 0
          ? texts.short.replace('%', missing)
          : level === 2
            ? texts.good
            : texts.strong;
    if (said.textContent !== text) said.textContent = text;
  };

  let waiting;
  field.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 150);
  });
}
