// Each action of the element is an event. A page may count them, store what is new, or say so.

const log = document.getElementById('log');
for (const action of ['created', 'rotated', 'revoked', 'deleted']) {
  document.addEventListener(`keylatch-${action}`, ({ detail }) => {
    log.textContent = `The key ${detail.key.id} was ${action}.`;
  });
}
