# The page of a dossier as the office reads it. The same keys as the Vietnamese file.

# The head of the pages of the staff.

nav-desk = Counter
nav-work = Work
nav-leaders = Leaders
nav-control = Control
nav-admin = Administration
nav-search = Search all dossiers
nav-stalled-late = { $instrument } should be in force ({ $at }), but the system could not move to the new units yet: work on dossiers stops, and the system tries again by itself.
nav-stalled-ahead = The move by { $instrument } (set for { $at }) could not be prepared yet; the system tries again by itself.
nav-stalled-why = { $said } Error: { $why }. If it does not go away: take the plan back with the command { $undo }, or call the operator.
nav-stalled-known = { $said } The administrator and the control officer see this error on their pages.
undrawn-title = Error
undrawn = The system could not draw this page.

# What is left by a clock.

left-paused-citizen = Paused, waiting for the citizen
left-paused-payment = Paused, waiting for payment
left-paused-outside = Paused, waiting for somebody outside
left-paused-confirm = Paused, waiting for the citizen to confirm
left-answer-by = answer by { $at }

# The citizen’s turn, as the office reads it.

case-citizen-supplies = The citizen sends the documents asked for
case-citizen-pays = The citizen pays { $amount }
case-citizen-confirms = The citizen confirms

# The page of a dossier.

case-done = Recorded: { $act }.
case-answered = Answered; the citizen is told.
case-left-list = no longer in the list, { $count } left
case-next = Next
case-copy = Copy
case-erased = (personal data erased)
case-me = { $name } (me)
case-back-found = Search results
case-back-report = Form 06a
case-back-online = Online dossiers
case-back-uncollected = Decisions to hand over
case-back-list = Work-list
case-parts = Parts of the dossier
case-tab-summary = Summary
case-tab-form = Form
case-papers = Documents
case-tab-time = Time
case-tab-opinions = Opinions
case-tab-fees = Fees
case-tab-messages = Messages
case-history = History
case-holder = Held by
case-owner = Responsible:
case-to-route = To be routed.
case-to-route-why = The old unit was divided, and it is not clear to which part this dossier belongs; { $unit } has it and works on it.
case-to-route-act = Say to which unit it belongs
case-read-draft = Read the draft
case-choose-act = Choose what to do
case-form = Application form
case-mark-answers = Mark wrong answers
case-mark-answers-in = in the part
case-mark-answers-hint = Say what is wrong; the citizen reads it word for word. Leave empty what is right.
case-mark-answers-save = Save the marks on answers
case-mark-answers-note = The citizen can put right only the answers you mark, once you have asked for it.
case-no-papers = No documents came with the dossier.
case-beside = Read beside the data
case-mark-save = Save the marks
case-mark-all-good = All in order
case-paper-name = Name
case-paper-kind = Kind
case-paper-count = Copies
case-paper-mark = Mark
case-mark-good = In order
case-mark-wrong = Not in order
case-replaced = Handed in again since
case-wrong-why = Why it is not in order:
case-word-for-word = (the citizen reads it word for word)
case-marked-wrong = Not in order: { $reason }
case-ledger = Who held it for how many working minutes
case-ledger-bar = working minutes by holder; the table below has the figures
case-ledger-minutes = Minutes
case-ledger-time = Working time
case-ledger-sum = From reception until now
case-ledger-holds = adds up to the minute
case-ledger-broken = does not add up, the administrator is told
case-ledger-now = now
case-opinions = Opinions of other offices
case-fees = Fees and charges
case-talk = Messages with the submitter
case-talk-answer = Answer the submitter
case-talk-hint = The submitter is told and reads this word for word. To get documents use “Ask for documents”; do not ask here.
case-acts-aside = Decide, and summary
case-acts = Decide
case-not-yet = Not yet:
case-people = Submitter, applicant
case-copy-dossier = Receive a new dossier, with this submitter and form copied
case-issued = Papers of the office

# Its state and its flags.

case-status-late = { $status }, { $time } late
case-flag-owed = { $amount } not paid
case-flag-fee = Fee as recorded { $fee }, by the form { $counted }
case-flag-overpaid = { $amount } paid too much, to be given back
case-flag-provisional = Due date provisional, days off not published yet
case-flag-head = Nobody holds the post, the head has it
case-flag-missed = First due date { $day } missed, apology with a new date sent
case-flag-apologised = Apology with a new date sent
case-flag-wrong = { $count } documents or answers not in order
case-flag-wrong-one = { $count } document or answer not in order
case-flag-unseen = { $count } documents not looked at yet
case-flag-unseen-one = { $count } document not looked at yet
case-draft-granted = Draft: granted as asked
case-draft-declined = Draft: declined

# Its clocks.

case-clock-answer = Answer the citizen by
case-clock-step = This step should be done by
case-clock-promised = Promised to the citizen
case-clock-law = Time limit by law
case-clock-apologised = first { $at }, apology sent
case-clock-moved = first { $at }, moved because the clock was stopped
case-clock-early = Done early
case-clock-on-time = Done on time
case-clock-late = Done late
case-clock-paused = clock stopped, { $time } left once it runs on
case-since = since { $at }
case-owned-by-nobody = nobody, the dossier is finished
case-no-act = You have nothing to do on this dossier now. It is with: { $holder }.
case-no-act-ended = The dossier is finished, there is nothing left to do.

# Its papers and its money.

case-kind-data = taken from data of the State
case-kind-shown = original, compared
case-kind-both = original and copy
case-kind-original = original
case-kind-copy = copy
case-kind-unknown = not recorded
case-fee-owed = To pay
case-fee-paid = Paid
case-fee-first = paid in full before the decision is handed over
case-fee-over = Paid too much
case-paid = { $amount }, { $method }
case-paid-receipt = { $amount }, { $method }, payment receipt { $number }
case-refunded = { $amount } given back, { $method }
case-refunded-slip = { $amount } given back, { $method }, payment slip { $number }
case-by-cash = in cash
case-by-transfer = by bank transfer
case-by-online = online
case-share-citizen = The citizen (clock stopped)
case-share-payment = The citizen, to pay (clock stopped)
case-share-outside = An office outside the system

# Its people.

case-personal-data = Personal data
case-personal-erased = erased
case-capacity = Capacity
case-capacity-for = files for the applicant
case-applicant = Applicant
case-number = Personal number
case-channel = Filed
case-typed = Form
case-typed-by = typed in by an officer: { $name }
case-notices = Notices
case-notices-text = by text message
case-notices-none = no text messages
case-mismatch = Card and number differ
case-mismatch-why = received all the same, because: { $reason }
case-rules = By the rules of
case-rules-revision = revision { $number } of the procedure, kept since it was filed
case-put-right = the citizen changed this on { $at }, before it was { $said }
case-left-empty = left empty
case-words-fill = The same day in words is filled in by itself.

# What a request asks about answers that are marked.

case-ask-answers = Which answers of the form are to be put right
case-ask-answers-hint = Those marked as wrong on the page of the dossier. The citizen can put right only these.
case-ask-answer-what = What is wrong and how to put it right: “{ $question }”

# A document beside the data.

side-page = Documents of dossier { $code }
side-done = Done: { $act }, dossier { $code }. This is the next dossier.
side-dossier = Page of dossier { $code }
side-none = No documents came with the dossier
side-draft-text = Text submitted
side-earlier = Earlier one, handed in again since: { $paper }
side-previous = ‹ Previous document
side-next = Next document ›
side-smaller = Fit to the frame
side-larger = Show twice as large
side-open = Open by itself:
side-cannot-show = The browser cannot show this kind of file.
side-download = Download:
side-draft-empty = It was submitted without a text and without a file of the draft.
side-no-file = There is no file: this document was handed in on paper, or is taken from data of the State.
side-sign = Sign
side-sign-next = Sign and go to the next dossier
side-cannot-sign = You cannot sign this dossier now.
side-send-back-why = Send back, with a reason
side-send-back = Send back
side-others = Others who may sign:
side-away = { $name }: away, may not sign from { $day } on
side-until = { $name }: may sign instead, until the end of { $day }
side-too = { $name }: may sign too
side-from = { $name }: may sign from { $day } on
side-mark = Mark this document
side-mark-why = Reason, if it is not in order
side-facts = Data to compare with

# Messages that wait for an answer.

messages-title = Messages waiting for an answer
messages-late = past the day to answer
messages-none = No message of a citizen is waiting for your answer.
messages-table = Messages of citizens waiting for an answer, the most urgent first
messages-by = Answer by
messages-submitter = Submitter
messages-text = Question
messages-owner = Who answers

# Reading what is not one’s task, and who read what.

reading-page = Reason for reading a dossier
reading-title = Why do you need to read this dossier?
reading-not-yours = is not part of the work assigned to you.
reading-holder = { $unit } works on it.
reading-note = The dossier has personal data. Your reason, your name and the time are written in a log, which the control officer and the applicant can read.
reading-reason = Reason
reading-asked = Answering a citizen who asks in person or by telephone
reading-helps = Helping with it, as its holder asked
reading-checks = Inspection or supervision by plan
reading-routes = Routing a dossier of a unit that was divided
reading-other = Another reason
reading-words = Say clearly: who asks, and what for
reading-choose = Choose a reason above, then say more.
reading-too-short = Write at least 10 characters: who asks, and what for.
reading-too-long = Make it shorter, at most 400 characters.
reading-open = Open the dossier
reading-leave = Do not read it
reading-log-title = Procedure control
reading-log-filter = Filter
reading-log-cut = Only the latest 2,000 readings are listed: choose days to see earlier ones.
reading-log-hint = Type a whole dossier code to see the times it stood in a list, too.
reading-log-none = No reading matches.
reading-log-table = Log of who read personal data, the latest first
reading-log-who = Who
reading-log-own = their own dossier
reading-log-task = assigned work
reading-log-outside = outside the work assigned:
