queue-next = Read the next case
day-title = The day in numbers. Press a number to see the cases.
day-mine = decided by you today
day-all = decided by all today
day-skipped = skipped by you today
day-waiting = waiting
day-second = waiting for another reader
age = Age of the case
all-ages = All
age-today = From today
age-week = The last 7 days
age-older-week = Older than 7 days
age-older-month = Older than 30 days
new-evidence = New
new-or-not = All
new-only = Only with something new since the decision
views-title = Your own views
views-none = Choose what you want to see, and save it here with a name.
view-name = Name for what you see now
view-save = Save the view
view-delete = Delete
view-new = { $n ->
    [0] nothing new
    [one] { $count } new
   *[other] { $count } new
  }
skip = Skip
unskip = Undo: put it back
care-today = You have read { $cases } in { $minutes } today. Only you see this.
care-pause = Time for a pause? You have read for { $minutes } without one, { $cases } in all. A pause of { $rest } counts.
count-minutes = { $n ->
    [one] { $count } minute
   *[other] { $count } minutes
  }
count-cases = { $n ->
    [one] { $count } case
   *[other] { $count } cases
  }
held-why = Two people never read the same case at the same time. The case is free when the time is over.
held-look = Look at the case without deciding it
held-queue = To the queue
case-to-queue = To the queue
last-case = See the case that you came from
done-decided-last = Saved. No more cases in this queue.
done-skipped = You have skipped the case. You now read the next one.
done-skipped-last = You have skipped the case. No more cases in this queue.
done-unskipped = The case is back in your queue.
done-urgent-closed = The urgent route is closed.
done-none-left = No case in this queue is free.
done-view-saved = The view is saved.
done-view-deleted = The view is deleted.
keys-title = Shortcuts
keys-hide = Hide
keys-hidden = The text is hidden. Press h to see it again.
keys-rest = The shortcuts rest while you type, and while you hold Ctrl, Alt or Cmd.
keys-close = Close
keys-say-kind = Choose with a digit what is to happen.
keys-say-reason = Now choose the reason with a digit.
keys-say-save = Enter saves. Esc starts over.
key-down = Next row
key-up = Previous row
key-open = Open the row
key-next = Read the next case
key-decide = Choose what is to happen
key-reason = Then choose the reason
key-save = Save, and go to the next case
key-start-over = Start the choice over
key-skip = Skip the case
key-back = Back to the case before
key-undo = See what you did last; u again undoes the row
key-queue = To the queue
key-words = Show or cover words on services
key-hide = Hide all text, or show it again
key-search = Search
key-help = Show the shortcuts
menu-second = Another reader
menu-history = History
footer-undo = What you did last
history-title = What was done
history-lead = Who, when and why. All of it can be undone. Nothing is deleted: it stays here that it was undone.
history-mine = Mine
history-all = Everybody's
history-none = Nothing here yet.
history-pager = More
second-title = Another reader
second-lead = A share of the decisions is read once more by a colleague who cannot see the first decision. Where the two disagree, a third one reads.
second-share = { $percent } % are drawn.
second-waiting = { $n ->
    [0] No case waits for you.
    [one] { $count } case waits for you.
   *[other] { $count } cases wait for you.
  }
second-next = Read a case as another reader
second-you = You are another reader. You cannot see the first decision. The case is yours until { $until }.
second-you-third = You are the third reader, because the first two disagree. You cannot see what they chose. The case is yours until { $until }.
second-figures = How far do we agree?
second-figures-note = 1 is full agreement, 0 is what chance gives. The numbers in brackets show how sure it is (95 %). They come from the first and the second reading. The third does not count, for it exists only where two disagree.
second-figures-caption = Agreement in all and month by month
second-when = When
second-cases = Cases
second-alike = Alike
second-kappa = Cohen's kappa
second-alpha = Krippendorff's alpha
second-all-time = In all
second-too-few = { $n ->
    [one] Too few: it takes { $count }
   *[other] Too few: it takes { $count }
  }
second-one-kind = Only one kind of decision
second-figure = { $value } ({ $low } to { $high })
second-apart-title = Disagreement by sign
second-apart-note = Only cases that a third one has read.
second-apart-none = No disagreement has been read to its end.
second-apart = first { $first }, then { $second }, at last { $third }
second-open = { $n ->
    [0] None waits for the third reader.
    [one] { $count } waits for the third reader.
   *[other] { $count } wait for the third reader.
  }
second-of-before = disagreed on
second-of = of
done-second-agrees = Saved. You agree with the first reader.
done-second-third = Saved. You disagree with the first reader, so a third one reads the case.
done-second-changed = Saved. Your decision holds now.
done-second-before = It is saved already. It counts only once.
done-second-given-back = You have given the case back.
done-none-second = No case waits for you.
menu-search = Search
search-title = Search
search-lead = Search the texts of the ads and the networks and cases that they belong to. Numbers and addresses are covered and cannot be found here.
search-words = Words
search-help = All words must be there. A Danish word is found in all its forms. Put "…" around words that stand together.
search-from = First seen from
search-to = First seen until
search-do = Search
search-found = { $n ->
    [0] Nothing found
    [one] { $count } version found
   *[other] { $count } versions found
  }
search-more-than = { $n ->
    [one] More than { $count } version found
   *[other] More than { $count } versions found
  }
search-networks = { $n ->
    [0] Nothing found
    [one] { $count } network found
   *[other] { $count } networks found
  }
search-networks-note = The networks of the 2,000 newest finds. Most ads first.
search-facets = Show a part of what was found
search-facets-note = Number of ads among the 2,000 newest finds. An ad can name several places and be in several languages.
search-show-ads = Ads
search-show-networks = Networks
search-about = Version { $version }, seen { $seen }
search-said = found
search-pager = More finds
search-no-contact = A number, an e-mail or a profile must not stand in the address. Write it here instead, and say why.
as-file = Get as a file (CSV)
lookup-title = Look up a contact
lookup-lead = Find the ads that show a number, an e-mail or a profile. Who you are and why you ask is written to the log. The number is not.
lookup-what = Number, e-mail or profile
lookup-purpose = Why do you look it up?
lookup-do = Look up
lookup-unread = It could not be read as a number, an e-mail or a profile
lookup-why = Write why you look it up
notes-title = Notes, tags and links
notes-none = None yet.
note-add = Add
note-on = On
note-kind = Kind
note-kind-note = Note
note-kind-tag = Tag
note-kind-link = Link
note-text = Text
note-help = A tag is a short word that several can share. A link is the address of a case, a network, an ad or a shared number. Write no names or numbers.
note-save = Save
note-ad = Ad { $number }
note-contact = Shared number { $number }
note-empty = Write a text
note-no-link = This is not the address of a case, a network, an ad or a shared number
note-contact-refused = There is a number, an e-mail or a profile in the text
note-not-saved = Nothing is saved. Your text stands here.
note-back = Back
tag-title = Tag: { $tag }
tag-none = Nothing has this tag.
done-noted = Saved.
card-over-time = How often it fires
card-over-time-note = Share of advertisers and networks at each analysis.
card-no-time = There is only one analysis yet.
card-now = Now: { $fired } of { $all }
card-decisions = What people decided
card-decisions-note = Cases with a decision. First number: cases in which the sign had fired. The numbers show that things go together, not what is true.
card-decided-none = No case is decided yet.
card-decision = Decision
card-with = With the sign
card-all = All
day-read = read by you today
history-covered = The decision is shown once a colleague has read the case again.
search-show-cases = Cases
search-cases = { $n ->
    [0] Nothing found
    [one] { $count } case found
   *[other] { $count } cases found
  }
search-cases-note = The cases of the 2,000 newest finds. Most ads first.
card-agree-title = Do decisions agree with the sign?
card-agree-note = Only cases in which a person either acted or set the case aside. Watching counts as neither. Brackets say how certain the number is (95 %).
card-agree = { $where }: people acted in { $acted } of { $all } cases, { $percent } % ({ $low } to { $high } %).
card-agree-few = { $where }: { $all } cases. It takes { $least } to show a number.
card-agree-with = With the sign
card-agree-without = Without the sign
history-read-again = Read again: { $decision }
as-file-most = The file has the first { $count } rows.
