'use strict';
(() => {
  const form = document.getElementById('filters');
  if (!form) return;
  const list = document.getElementById('list');
  const items = [...list.querySelectorAll('.finding')].map((element) => ({
    element,
    is: element.dataset,
    text: element.textContent.toLowerCase(),
  }));
  const groups = [...list.querySelectorAll('details.more, details.owner')];
  const shown = document.getElementById('shown');
  const nothing = document.getElementById('nothing');
  const opened = new Set(groups.filter((group) => group.open));
  const choices = ['surface', 'rule', 'namespace', 'owner'];

  const apply = () => {
    const severities = new Set(
        [...form.querySelectorAll('input[name=severity]:checked')].map((box) => box.value));
    const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = choices.map((name) => [name, form.elements[name].value])
                       .filter(([, value]) => value !== '');
    let count = 0;
    for (const { element, is, text } of items) {
      const fits = severities.has(is.severity) &&
          wanted.every(([name, value]) => is[name] === value) &&
          words.every((word) => text.includes(word));
      element.hidden = !fits;
      if (fits) ++count;
    }
    for (const group of groups) {
      group.hidden = group.querySelector('.finding:not([hidden])') === null;
      // What fits a filter is not left folded away.
      group.open = (count < items.length && !group.hidden) || opened.has(group);
    }
    shown.value = `${count} of ${items.length} shown`;
    nothing.hidden = count !== 0;
  };

  const unfold = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target || !target.classList.contains('finding')) return;
    if (target.hidden) {
      form.reset();
      apply();
    }
    for (let at = target.parentElement; at; at = at.parentElement) {
      if (at.tagName === 'DETAILS') at.open = true;
    }
    target.scrollIntoView();
  };

  form.addEventListener('input', apply);
  form.addEventListener('change', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(apply));
  document.getElementById('fold').addEventListener('click', (event) => {
    const open = groups.some((group) => !group.open);
    for (const group of groups) group.open = open;
    event.currentTarget.textContent = open ? 'Fold all' : 'Unfold all';
  });
  addEventListener('hashchange', unfold);
  form.hidden = false;
  apply();
  unfold();
})();
