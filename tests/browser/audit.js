// What a reader would trip over on the page as it is now: a list of sentences, empty if all is well.
// `given.target` is the least side of a control, px; `given.nodes` how many nodes must be shown.

const faults = [];
const name = e => `<${e.tagName.toLowerCase()} ${e.getAttribute('class') ?? ''}> “${e.textContent.trim().slice(0, 30)}”`;
const isShown = e => e.checkVisibility() && !e.closest('.unseen, dialog:not([open]), [aria-hidden=true]');

// Nothing sticks out.
const over = document.documentElement.scrollWidth - innerWidth;
if (over > 0) {
    faults.push(`the page is ${over} px too wide`);
    for (const e of document.querySelectorAll('body *'))
        if (e.getBoundingClientRect().right > innerWidth + 1) faults.push(`${name(e)} ends at ${e.getBoundingClientRect().right}`);
}

// Every node is shown, and none covers another.
const cards = [...document.querySelectorAll('[data-node]')].map(e => [e.dataset.node, e.getBoundingClientRect()]).filter(([, r]) => r.width > 0);
if (cards.length !== given.nodes) faults.push(`${cards.length} of ${given.nodes} nodes are shown`);
for (const [a, p] of cards) for (const [b, q] of cards)
    if (a < b && p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom) faults.push(`${a} overlaps ${b}`);

// Where the picture does not scroll, nothing of a node is cut off.
const picture = document.querySelector('.picture');
if (picture && getComputedStyle(picture).overflow === 'hidden') {
    const room = picture.getBoundingClientRect();
    for (const [node, r] of cards)
        if (r.left < room.left - 1 || r.right > room.right + 1 || r.top < room.top - 1 || r.bottom > room.bottom + 1)
            faults.push(`${node} is cut off: ${r.left}–${r.right} × ${r.top}–${r.bottom} in ${room.left}–${room.right} × ${room.top}–${room.bottom}`);
}

// Whatever can be used has a name, and can be hit.
const controls = 'a[href], button, select, input, summary, [tabindex="0"], [role=button], [role=slider], [role=tab]';
for (const e of document.querySelectorAll(controls)) {
    if (!isShown(e)) continue;
    const by = e.getAttribute('aria-labelledby')?.split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' ');
    const label = [...e.labels ?? []].map(l => l.textContent).join(' ');
    if (!(by || label || e.getAttribute('aria-label') || e.textContent).trim()) faults.push(`${name(e)} has no name`);
    // What stands in a line of text is as high as the line, and what is drawn to scale as large as it is.
    if (!e.matches('.tool, [role=slider], [role=tab], select')) continue;
    const { width, height } = e.getBoundingClientRect();
    const least = e.closest('.transport') ? given.target : 24;
    if (Math.min(width, height) < least) faults.push(`${name(e)} is ${width} × ${height} px`);
}

// Every text is large enough, and stands out from what is behind it.
const parse = text => {
    const numbers = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    return text.startsWith('color(') ? [...numbers.slice(0, 3).map(n => n * 255), numbers[3] ?? 1] : [...numbers.slice(0, 3), numbers[3] ?? 1];
};
const luminance = rgb => {
    const [r, g, b] = rgb.map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const mixed = ([r, g, b, a], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
const opacity = e => e && e !== document ? getComputedStyle(e).opacity * opacity(e.parentNode) : 1;
const paint = e => {
    const style = getComputedStyle(e);
    const isShape = e instanceof SVGElement && !(e instanceof SVGSVGElement);
    const [r, g, b, a] = parse(isShape ? (style.fill === 'none' ? 'rgba(0,0,0,0)' : style.fill) : style.backgroundColor);
    return [r, g, b, a * opacity(e) * (isShape ? style.fillOpacity : 1)];
};
// The colour behind a text, or none if the text is not to be seen at this point.
const behind = (e, x, y) => {
    const stack = document.elementsFromPoint(x, y);
    const at = stack.findIndex(other => other === e);
    if (at < 0) return null;
    const style = getComputedStyle(e);
    if (e instanceof SVGElement && style.stroke !== 'none' && style.paintOrder.startsWith('stroke')) return parse(style.stroke);
    const paints = other => !(other instanceof SVGElement) || other.matches('rect, path, circle, svg');
    const covers = other => paints(other) && !e.contains(other) && paint(other)[3] > 0.5;
    if (stack.slice(0, at).some(covers)) return null;
    const below = stack.slice(at).filter(other => paints(other)).map(paint);
    return below.reduceRight((under, over) => mixed(over, under), [255, 255, 255]);
};
let measured = 0;
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
    const node = walk.currentNode, e = node.parentElement;
    if (!node.data.trim() || e.closest('title, option, noscript, script, style') || !isShown(e)) continue;
    const style = getComputedStyle(e);
    const scale = e instanceof SVGElement ? e.getScreenCTM().a : 1;
    const size = parseFloat(style.fontSize) * scale;
    if (size < 11.99) faults.push(`${name(e)} is ${size} px high`);
    const range = document.createRange();
    range.selectNodeContents(node);
    let box = range.getClientRects()[0];
    if (!box) continue;
    if (box.top < 0 || box.bottom > innerHeight) {
        e.scrollIntoView({ block: 'center' });
        box = range.getClientRects()[0];
    }
    const below = behind(e, box.left + Math.min(box.width / 2, 20), box.top + box.height / 2);
    if (!below) continue;
    measured++;
    const [r, g, b, a] = parse(e instanceof SVGElement ? style.fill : style.color);
    const [text, under] = [mixed([r, g, b, a * opacity(e)], below), below].map(luminance);
    const contrast = (Math.max(text, under) + 0.05) / (Math.min(text, under) + 0.05);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (contrast < (isLarge ? 3 : 4.5)) faults.push(`${name(e)} has a contrast of ${contrast.toFixed(2)}`);
}
if (measured < 8) faults.push(`only ${measured} texts could be measured`);
return faults;
