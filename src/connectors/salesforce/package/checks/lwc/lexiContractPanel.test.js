import { createElement } from 'lwc';
import { registerSa11yMatcher } from '@sa11y/jest';
import { refreshApex } from '@salesforce/apex';
import LexiContractPanel from 'c/lexiContractPanel';
import progress from '@salesforce/apex/LexiContractPanelController.progress';
import read from '@salesforce/apex/LexiContractPanelController.read';
import send from '@salesforce/apex/LexiContractPanelController.send';

jest.mock(
    '@salesforce/apex/LexiContractPanelController.read',
    () => {
        const { createApexTestWireAdapter } = require('@salesforce/sfdx-lwc-jest');
        return { default: createApexTestWireAdapter(jest.fn()) };
    },
    { virtual: true }
);
jest.mock('@salesforce/apex/LexiContractPanelController.progress', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex/LexiContractPanelController.send', () => ({ default: jest.fn() }), { virtual: true });
jest.mock('@salesforce/apex', () => ({ refreshApex: jest.fn(() => Promise.resolve()) }), { virtual: true });

const OPPORTUNITY = '006ak00000OQ4RxAAL';
const LINK = `https://contracts.example/contracts/by-opportunity/${OPPORTUNITY}`;
const STATE = { status: 'In Review', syncedAt: '2026-11-22T16:00:00.000Z', link: LINK, isActive: true };

const PAGE = 'https://contracts.example/contracts/ctr_1';
const TIMES = ['2026-11-22T16:00:00.000Z', '2026-11-22T16:00:01.000Z', '2026-11-22T16:00:02.000Z', '2026-11-22T16:00:03.000Z'];
const NOTHING = { delivery: null, contract: null, file: null, analysis: null, sync: null };
const DELIVERY = { status: 'done', received_at: TIMES[0], attempts: 1, next_attempt_at: null, error: null };
const REVIEWED = {
    delivery: DELIVERY,
    contract: { title: 'Rollout', url: PAGE, created_at: TIMES[1], negotiation_status_label: 'In Review' },
    file: { name: 'MSA.pdf', version: 2, stored_at: TIMES[1], reason: 'Chose the file “MSA.pdf”, the newest document' },
    analysis: {
        status: 'completed',
        completed_at: TIMES[2],
        error: null,
        risks: [
            { severity: 'high', title: 'No limit on liability' },
            { severity: 'unknown', title: 'Another' }
        ]
    },
    sync: { status: 'synced', last_synced_value: 'In Review', last_synced_at: TIMES[3], last_error: null }
};

/** Flushes pending promises. */
const settled = () => new Promise((resolve) => process.nextTick(resolve));

async function shown(state, answer = NOTHING) {
    progress.mockResolvedValue(answer);
    const panel = createElement('c-lexi-contract-panel', { is: LexiContractPanel });
    panel.recordId = OPPORTUNITY;
    document.body.appendChild(panel);
    if (state) {
        read.emit(state);
    }
    await settled();
    await settled();
    return panel.shadowRoot;
}

const find = (root, id) => root.querySelector(`[data-id="${id}"]`);
const all = (root, id) => [...root.querySelectorAll(`[data-id="${id}"]`)];
const text = (root, id) => find(root, id)?.textContent ?? '';
const button = (root) => find(root, 'send');
const iconOf = (step) => step.querySelector('lightning-icon').alternativeText;
const times = (element) => [...element.querySelectorAll('lightning-formatted-date-time')].map(({ value }) => value);

/** The state, the text and the problem of a step. */
async function stepOf(index, answer) {
    const step = all(await shown(STATE, answer), 'step')[index];
    const words = [...step.querySelectorAll('strong, span')].map((element) => element.textContent);
    return [iconOf(step), words.join(' '), step.querySelector('[data-id="step-problem"]')?.textContent ?? ''];
}

async function click(element) {
    element.dispatchEvent(new CustomEvent('click'));
    await settled();
    await settled();
}

describe('the panel of an Opportunity', () => {
    beforeAll(registerSa11yMatcher);

    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
    });

    it('asks for the Opportunity of the page', async () => {
        await shown(STATE);
        expect(read.getLastConfig()).toEqual({ opportunityId: OPPORTUNITY });
        expect(progress.mock.calls).toEqual([[{ opportunityId: OPPORTUNITY }]]);
    });

    it('shows status, time and a link that says where it leads', async () => {
        const root = await shown(STATE);
        expect(text(root, 'status')).toBe('In Review');
        expect(root.querySelector('lightning-formatted-date-time').value).toBe(STATE.syncedAt);
        const link = root.querySelector('a');
        expect(link.href).toBe(LINK);
        expect(link.rel).toContain('noopener');
        expect(link.textContent).toContain('opens in a new tab');
    });

    it('says so before there is a contract', async () => {
        const root = await shown({ isActive: true });
        expect(text(root, 'status')).toBe('No contract yet');
        expect(text(root, 'synced-at')).toBe('Not yet');
        expect(root.querySelector('a')).toBeNull();
        expect(button(root).disabled).toBe(false);
        expect(button(root).label).toBe('Send to legal');
        expect(all(root, 'step').map(iconOf)).toEqual(Array(4).fill('Not yet'));
    });

    it('shows the four steps in order with their times', async () => {
        const root = await shown(STATE, REVIEWED);
        const steps = all(root, 'step');
        expect(steps.map((step) => step.querySelector('strong').textContent)).toEqual([
            'Received',
            'Contract',
            'Analysed',
            'Status'
        ]);
        expect(steps.map(iconOf)).toEqual(Array(4).fill('Done'));
        expect(steps.flatMap(times)).toEqual(TIMES);
        expect(steps[0].parentElement.getAttribute('role')).toBe('list');
        expect(find(root, 'progress').getAttribute('aria-live')).toBe('polite');
        expect(root.querySelector('a').href).toBe(PAGE);
        expect(button(root).label).toBe('Send again');
    });

    it('shows the file, why it was chosen, and the risks with their severity', async () => {
        const root = await shown(STATE, REVIEWED);
        expect(text(root, 'file')).toContain('MSA.pdf (version 2)');
        expect(text(root, 'reason')).toBe(REVIEWED.file.reason);
        expect(all(root, 'risk').map((risk) => risk.textContent)).toEqual(['High: No limit on liability', 'unknown: Another']);
    });

    it.each([null, []])('says that there are no risks', async (risks) => {
        const file = { ...REVIEWED.file, reason: null };
        const root = await shown(STATE, { ...REVIEWED, file, analysis: { ...REVIEWED.analysis, risks } });
        expect(text(root, 'no-risks')).toBe('None found');
        expect(find(root, 'reason')).toBeNull();
    });

    it.each([
        [{ ...DELIVERY, status: 'accepted', attempts: 0 }, 'In progress', 'Contract LexiContract is about to read the files', ''],
        [{ ...DELIVERY, status: 'processing' }, 'In progress', 'Contract LexiContract is reading the files', ''],
        [{ ...DELIVERY, status: 'parked' }, 'In progress', 'Contract Waiting', 'An admin must reconnect or resume it'],
        [
            { ...DELIVERY, status: 'failed', error: 'The Opportunity was deleted.' },
            'Failed',
            'Contract Failed',
            'The Opportunity was deleted. Then choose Send again.'
        ]
    ])('says what a delivery waits for', async (delivery, state, words, problem) => {
        const step = await stepOf(1, { ...NOTHING, delivery });
        expect(step.slice(0, 2)).toEqual([state, words]);
        expect(step[2]).toContain(problem);
    });

    it('says when the next attempt is, beside the contract that exists', async () => {
        const delivery = { ...DELIVERY, status: 'accepted', next_attempt_at: TIMES[3], error: 'Salesforce is busy.' };
        const step = all(await shown(STATE, { ...REVIEWED, delivery }), 'step')[1];
        expect(step.textContent).toContain('Rollout');
        expect(step.textContent).toContain('Salesforce is busy. LexiContract retries automatically.');
        expect(times(step)).toEqual([TIMES[3]]);
    });

    it('says why an Opportunity was skipped by the trigger rule', async () => {
        const delivery = { ...DELIVERY, error: 'The stage “Prospecting” is not a trigger stage.' };
        const root = await shown(STATE, { ...NOTHING, delivery });
        const step = all(root, 'step')[1];
        expect(iconOf(step)).toBe('Skipped');
        expect(step.querySelector('span').textContent).toBe('Skipped');
        expect(text(root, 'step-reason')).toBe(delivery.error);
        expect(find(root, 'step-problem')).toBeNull();
        expect(all(root, 'step').slice(2).map(iconOf)).toEqual(['Not yet', 'Not yet']);
    });

    it('shows a contract whose delivery is no longer stored', async () => {
        expect(await stepOf(0, { ...REVIEWED, delivery: null })).toEqual(['Done', 'Received Earlier', '']);
    });

    it.each([
        ['queued', null, ['In progress', 'Analysed In progress', '']],
        ['running', null, ['In progress', 'Analysed In progress', '']],
        ['failed', 'The file is encrypted.', ['Failed', 'Analysed Failed', 'The file is encrypted.']]
    ])('says how far the analysis is: %s', async (status, error, step) => {
        expect(await stepOf(2, { ...REVIEWED, analysis: { status, error } })).toEqual(step);
    });

    it('asks for a file where there is none', async () => {
        const [state, , problem] = await stepOf(2, { ...REVIEWED, file: null, analysis: null });
        expect(state).toBe('Failed');
        expect(problem).toContain('Attach the contract under Files, then choose Send again.');
    });

    it.each([
        [{ status: 'pending', last_error: null }, ['In progress', 'Status About to be written', '']],
        [{ status: 'failed', last_error: 'The field is missing.' }, ['Failed', 'Status Not written', 'The field is missing.']],
        [{ status: 'idle' }, ['Not yet', 'Status Written after the first change of the status in LexiContract', '']]
    ])('says whether the status is written', async (sync, step) => {
        expect(await stepOf(3, { ...REVIEWED, sync })).toEqual(step);
    });

    it('keeps the button grey until it knows, and while the package is switched off', async () => {
        expect(button(await shown()).disabled).toBe(true);
        const root = await shown({ ...STATE, isActive: false });
        expect(button(root).disabled).toBe(true);
        expect(text(root, 'message')).toContain('switched off');
        expect(progress).not.toHaveBeenCalled();
        await click(find(root, 'refresh'));
        expect(progress).not.toHaveBeenCalled();
    });

    it('sends once, shows the outcome and reloads', async () => {
        let answer;
        send.mockReturnValue(
            new Promise((resolve) => {
                answer = resolve;
            })
        );
        const root = await shown(STATE);
        await click(button(root));
        expect(send).toHaveBeenCalledWith({ opportunityId: OPPORTUNITY });
        expect(button(root).disabled).toBe(true);
        expect(root.querySelector('lightning-spinner').alternativeText).toBe('Sending to LexiContract');
        answer('Sent.');
        await settled();
        await settled();
        expect(text(root, 'message')).toBe('Sent.');
        expect(button(root).disabled).toBe(false);
        expect(refreshApex).toHaveBeenCalledTimes(1);
        expect(progress).toHaveBeenCalledTimes(2);
    });

    it('says what Apex says when that fails', async () => {
        send.mockRejectedValue({ body: { message: 'The secret is not right.' } });
        const root = await shown(STATE);
        await click(button(root));
        expect(text(root, 'problem')).toBe('The secret is not right.');
        expect(text(root, 'message')).toBe('');
        expect(find(root, 'problem').parentElement.getAttribute('role')).toBe('alert');
    });

    it('has a sentence for failures that say nothing', async () => {
        send.mockRejectedValue(new TypeError());
        const root = await shown(STATE);
        await click(button(root));
        expect(text(root, 'problem')).toContain('could not be reached');
    });

    it('says why the status cannot be shown, and forgets it when it can', async () => {
        const root = await shown();
        read.error({ message: 'You may not see the contract status.' });
        await settled();
        expect(text(root, 'problem')).toBe('You may not see the contract status.');
        read.emit(STATE);
        await settled();
        expect(text(root, 'problem')).toBe('');
    });

    it('says why the progress cannot be shown, and forgets it when it can', async () => {
        const root = await shown(STATE, REVIEWED);
        progress.mockRejectedValueOnce({ body: { message: 'LexiContract answered 401.' } });
        await click(find(root, 'refresh'));
        expect(text(root, 'progress-problem')).toBe('LexiContract answered 401.');
        expect(all(root, 'step').length).toBe(4);
        await click(find(root, 'refresh'));
        expect(find(root, 'progress-problem')).toBeNull();
    });

    it('says that it is loading, and ignores an answer about another Opportunity', async () => {
        let answer;
        const root = await shown(STATE, REVIEWED);
        progress.mockReturnValueOnce(
            new Promise((resolve) => {
                answer = resolve;
            })
        );
        await click(find(root, 'refresh'));
        expect(root.querySelector('lightning-spinner').alternativeText).toBe('Loading from LexiContract');
        expect(find(root, 'refresh').disabled).toBe(true);
        root.host.recordId = '006ak00000OQ4RyAAL';
        read.emit(STATE);
        await settled();
        await settled();
        answer(NOTHING);
        await settled();
        await settled();
        expect(text(root, 'file')).toContain('MSA.pdf');
        expect(find(root, 'refresh').disabled).toBe(false);
    });

    it.each([
        [STATE, REVIEWED],
        [{ isActive: true }, NOTHING]
    ])('can be used by everyone', async (state, answer) => {
        const root = await shown(state, answer);
        await expect(root.host).toBeAccessible();
    });

    it('shows the newest status on request', async () => {
        const root = await shown(STATE);
        await click(find(root, 'refresh'));
        expect(refreshApex).toHaveBeenCalledTimes(1);
        expect(progress).toHaveBeenCalledTimes(2);
        expect(find(root, 'refresh').label).toBe('Refresh');
    });
});
