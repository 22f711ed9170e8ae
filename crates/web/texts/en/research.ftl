queue-title = Queue
queue-lead = Cases that wait to be read. You decide; the order is only a suggestion.
queue-urgent = { $n ->
    [one] { $count } case is urgent.
   *[other] { $count } cases are urgent.
  }
queue-urgent-open = Read them first
queue-urgent-here = You see only cases in the urgent route.
queue-urgent-leave = Back to the ordinary queue
queue-counts = Cases by state and band. Choose a number to see its cases.
queue-filter = Choose what to see
queue-apply = Show cases
queue-clear = Clear choices
queue-total = { $n ->
    [one] { $count } case
   *[other] { $count } cases
  }
queue-empty = No case fits. Try clearing the choices.
queue-which = Queue
queue-ordinary = The ordinary queue
queue-spam = Spam and scam: those drawn to be read
queue-spam-all = Spam and scam: all
queue-spam-short = Spam
queue-row-title = { $id } · { $who }
queue-row-facts = { $languages } · last seen { $last } · case from { $opened } · { $contacts }
pager-label = More cases
pager-previous = Previous
pager-next = Next
all-bands = All
all-waiting = All that wait
all-regions = The whole country
all-languages = All
all-indicators = All
state-open = New
state-decided = Decided
state-reopened = Reopened
new-since-decision = New since the decision:
urgent = Urgent
place-unknown = unknown place
places-more = { $places } and { $more }
who-advertiser = One advertiser with { $ads } in { $places }
who-network = { $who } with { $ads } in { $places }
summary-who = { $who }, seen from { $from } to { $to }.
summary-points = The band is { $band } with { $points } points: { $groups }.
summary-no-points = No sign gives points.
case-title = Case { $id }
case-split = This case was split off from another.
case-split-open = See the other case
case-to-decision = To the decision
case-points = Points by group
case-points-caption = Each group counts once, with its strongest sign
case-points-sum = Sum
case-no-points = No group gives points.
case-advertisers = Advertisers in the network
advertiser-number = Advertiser { $number }
case-evidence = Evidence
case-no-evidence = No sign has given points.
case-words-covered = Words about risky services are covered by their category.
case-words-shown = All words are shown.
case-words-show = Show the words
case-words-cover = Cover them again
case-counter = What speaks against
case-counter-note = It has the same room as the evidence. It never takes away an offer of help.
case-no-counter = None of the signs that we know speaks against. There may be other explanations; they stand beside each sign.
case-context = Shown without giving points
case-context-note = Sensitive traits, and signs that data speak against. They do not count.
case-abstained = Could not be computed
case-time = Ads over time
case-time-caption = Ads of the case, first seen first
case-texts = The texts, version by version
case-texts-note = Marks stand for numbers, addresses and links. Coloured words made a sign fire.
case-more-ads = { $n ->
    [one] { $count } more ad is not shown.
   *[other] { $count } more ads are not shown.
  }
case-all-ads = Show all
first-seen = First seen
last-seen = Last seen
last-seen-gone = { $last } (gone { $gone })
days-seen = Days
versions = Versions
contacts = Contacts
version-title = Version { $number }, { $from } to { $to }
version-changed = Changed: { $fields }.
version-changed-masked = Only something covered has changed, for example a number or a picture.
field-title = Title
field-body = Text
field-text = Text
field-phone = Phone
field-place = Place
field-price = Price
field-name = Name
field-age = Age
field-category = Category
case-links = Links
case-links-note = Bits say how strongly the link speaks for the ads belonging together. 10 bits are 1,000 times more likely.
case-links-caption = Links between ads
case-no-links = The ad has no links.
case-more-links = { $n ->
    [one] { $count } more link is not shown.
   *[other] { $count } more links are not shown.
  }
link-between = Between
link-kind = Kind
link-bits = Bits
link-joins = Joins
link-note = Why
link-joins-yes = Yes
link-joins-no = No
link-outside = Outside the case
link-phone = Same phone
link-email = Same e-mail
link-handle = Same handle
link-url = Same link
link-image = Same picture
link-text = Nearly the same text
link-template = Same template
link-premises = Same address
link-style = Same style
link-symbol = Same symbols
link-manual = A person said so
case-contacts = Contacts
case-contacts-note = Shown as pseudonyms. The same contact has the same pseudonym in all cases.
case-places = Places
pseudonym = Pseudonym
remark = Remark
contact-damped = Damped: recurs in many ads that else do not belong together
case-history = History
case-no-decisions = Nobody has decided the case.
case-attempts = Contact attempts
case-no-attempts = Nobody has tried to make contact.
attempt-words = { $time }: { $channel } by { $team }. { $outcome }.
attempt-undone = { $attempt } (undone)
made-of = Computed from what was known { $time }. Catalogue { $catalogue }.
firing-sensitive = Sensitive trait: never gives points
firing-why = Why we look at it
firing-other-readings = Other explanations
firing-without = Without this sign
firing-evidence-grade = How well it is tested
firing-sources = Sources:
firing-more = More on the sign
firing-more-ads = { $n ->
    [one] and { $count } more ad
   *[other] and { $count } more ads
  }
firing-more-evidence = { $n ->
    [one] There is { $count } more place in the ads.
   *[other] There are { $count } more places in the ads.
  }
without-carried = Nothing changes: the group is also carried by { $others }.
without-points = There would be { $points } points. The band would be the same.
without-band = There would be { $points } points, and the band would be: { $band }.
chart-title = Picture: each ad as a line over the days
chart-description = { $ads } from { $from } to { $to }. The table below shows the same.
decide = Decision
decide-kind = What should happen?
decide-until = Watch until (only for Watch)
decide-refer-programme = Programme: { $programme }
decide-refer = To whom (only for Pass on)
decide-reason = Reason
decide-text = In your words
decide-text-help = Write no names, numbers or addresses.
decide-change-mind = What would change my mind?
decide-save = Save the decision
decision-offer_outreach = Offer outreach
decision-watch = Watch
decision-no_concern = No concern
decision-spam = Spam or scam
decision-refer = Pass on
decision-urgent = Urgent route (possible minor)
decision-until = { $kind } until { $date }
decision-to = { $kind } to { $to }
by-name-at = { $name }, { $time }
undone-by-name-at = Undone by { $name }, { $time }
take-to-read = Read the case (keep it for yourself)
give-back = Give the case back
reader-you = You are reading the case until { $until }.
reader-other = { $name } is reading the case until { $until }
wrong-kind = Choose what should happen
wrong-reason = Choose a reason
wrong-text-needed = Write the reason in your words
wrong-until = Choose a day after today to watch until
wrong-refer = Choose to whom the case is passed on
wrong-too-long = The text is too long. There is room for { $n ->
    [one] { $count } character
   *[other] { $count } characters
  }
conflict-title = Case { $id }: a colleague saved meanwhile
conflict-what = The case was changed while you read it. Nothing of yours is saved yet. Choose what should hold.
conflict-theirs = What is saved
conflict-no-decision = No decision holds. The case got something new, or a decision was undone.
conflict-state = The case is now: { $state }.
conflict-keep-theirs = See the case as it is now
conflict-mine = What you wanted to save
conflict-save-mine = Save mine all the same
urgent-title = Urgent route: possible minor
urgent-what = You see the case because you are appointed for it. It is on no list until somebody appointed closes the route.
urgent-reason = What was done, and why can the route be closed?
urgent-close = Close the urgent route
duty-law = { $law }. Checked { $date }.
indicators-title = Indicators
indicators-lead = A sign is a reason to look again. It never says what is true of a person.
indicators-catalogue = Catalogue: { $hash }
role-of-indicator = Used for
indicator-role-score = Gives points
indicator-role-context = Shown without points
indicator-role-control = Steers the machine
indicator-role-urgent = Opens the urgent route
indicator-role-counter = Speaks against
indicator-scope = Looks at
indicator-id = Name and version
indicator-no-points = None
indicator-sensitive = Sensitive
indicator-fires-on = Fires on
indicator-silent-on = Does not fire on
indicator-sources = Sources
source-unverified = Quoted from memory: verify it before you quote it.
status-draft = Draft
status-trial = On trial
status-active = In use
status-context = For information only
status-retired = Retired
try-title = Try a text
try-lead = See what bavn reads in a text. Nothing is kept.
try-text = Text
try-read = Read the text
try-empty = Write or paste a text
try-found = The text as bavn reads it
try-mentions = Mentions
try-no-mentions = No phone, price, age, place or other mention was found.
try-signs = Signs in this one text
try-no-signs = No sign fired.
try-not-fired = Signs that did not fire, and why
try-not-fired-lead = For each sign: the first condition that the text does not meet. Those that came near stand first. That a sign did not fire is no all-clear.
try-near = { $n ->
    [0] none came near
    [one] one came near
   *[other] { $count } came near
  }
try-came-near = came near
try-stopped-by = stopped by
mention-phone = Phone
mention-price = Price
mention-age = Age
mention-name = Name
mention-place = Place
mention-email = E-mail
mention-url = Link
mention-address = Address
mention-handle = Handle
urgent-answer = I look after it
urgent-answered = { $name } looks after it, since { $time }.
urgent-told = The people appointed were told { $time }. Nobody has answered yet.
urgent-escalated = Nobody answered in time. It was passed on { $time }.
urgent-untold = Nobody has been told by e-mail yet.
urgent-not-sent = { $n ->
    [one] The notice could not be sent by e-mail ({ $count } try). It is tried again. Call the others appointed.
   *[other] The notice could not be sent by e-mail ({ $count } tries). It is tried again. Call the others appointed.
  }
done-urgent-answered = You look after the case. Nobody is told of it again.
case-machine = The machine suggests:
case-people = People decided:
case-undecided = Nothing yet
case-decided = { $decision } ({ $who })
again-risen = Reopened: all of it weighs more now than when the case was decided.
again-watched = Reopened: you watched until { $date }, and that day is over.
read-again = Being read again by a colleague
firing-new = New
case-earlier-versions = { $n ->
    [one] { $count } earlier version is not shown.
   *[other] { $count } earlier versions are not shown.
  }
case-all-versions = Show all versions
ad-title = Ad { $ad }
ad-signs = Signs in the ad
ad-no-signs = No sign was found in the ad.

referred-from = Sent here from
referred-or-not = Sent here or not
incoming-title = Sent here from another programme
incoming-lead = You see only place and reason, and a cover name for each contact. All else stays with them.
incoming-count = { $n ->
    [one] { $count } case was sent here
   *[other] { $count } cases were sent here
  }
incoming-from = Sent here by { $programme }
incoming-facts = { $where }. Reason: { $reason }. Sent { $when }.
incoming-no-place = The municipality is not known
incoming-state = { $state } ({ $when })
incoming-sent = Waits for you
incoming-taken = You are at it
incoming-closed = You are done
incoming-withdrawn = Taken back by the sender
sent-sent = Sent, waits for the receiver
sent-taken = The receiver is at it
sent-closed = The receiver is done
sent-withdrawn = Taken back
incoming-label-from = From
incoming-label-where = Municipality
incoming-label-reason = Reason
incoming-label-when = Sent
incoming-contacts = Contacts
incoming-contacts-help = They see the same cover names.
incoming-no-contacts = No contacts came along.
incoming-cases = Own cases with one of the contacts
incoming-no-cases = None of your cases has one of them.
incoming-case = Case { $id }
incoming-do-taken = We look after it
incoming-do-closed = We are done
incoming-do-sent = Put it back
done-incoming-set = Saved.
