# Places, visits and forms.
menu-visits = Visits
menu-places = Places
menu-coverage = Coverage

places-title = Places
places-lead = { $n ->
    [one] One place on the list.
   *[other] { $count } places on the list.
  } Places, never persons: write down nobody's name.
places-show = Show
places-show-open = All that are open
places-show-concern = Places of concern
places-show-due = A visit is due
places-show-never = Never visited
places-show-closed = Closed
places-area = Region
places-everywhere = The whole country
places-filter = Show
places-none = There are no places to show.
places-concern = Concern
places-review-due = To be looked at again
places-closed = Closed
places-never = Never visited
places-last = Last visited { $day }
places-next = Visit by { $day }
places-late = Late
register-more = Show more
places-add = Add a place
places-name = Street and number, or what the team calls it
places-name-help = Write nobody's name and no phone number.
places-municipality = Municipality

origin-ads = ads
origin-list = a list
origin-visit = a visit

list-fault-header = The first line must name the columns name and municipality.
list-fault-name = Write a name for the place, 120 characters at most.
list-fault-number = The name looks like a phone number. Write street and number.
list-fault-municipality = Choose a municipality of the area, or write its name or four digits.
list-fault-point = Latitude and longitude must be degrees such as 55.47 and 9.49, both or neither.
list-fault-line = The line cannot be read.

import-title = Read a list in
import-lead = Do you have a list from before? Paste it here. A place that is known does not come twice.
import-list = The list as a table
import-list-help = The first line names the columns. Use commas, semicolons or tabs. Write the municipality by name or by its four digits. Latitude and longitude may be empty.
import-button = Read in
import-faults = Lines that were left out
import-line = Line { $line }: { $what }
import-too-long = The page takes { $count } lines at most. Split the list, or use "bavn places import".
import-new = { $n ->
    [one] One new place.
   *[other] { $count } new places.
  }
import-same = { $n ->
    [one] One was known and was put together with it.
   *[other] { $count } were known and were put together with them.
  }
import-before = { $n ->
    [one] One was read in before.
   *[other] { $count } were read in before.
  }

place-known = Known since { $day } from { $origins }
place-never = Never visited
place-last = Last visit { $day }: { $result }
place-before = Was before at: { $where }
place-closed = The place has been closed since { $day }.
place-concern = Place of concern
place-concern-since = Since { $day }.
place-concern-by = Set by { $name }.
place-concern-review = Looked at again { $day }.
place-next = The next visit
place-begin = Talk: { $form }
place-forms = Talks here
place-change = Change
place-details = Name and address
place-correct = Correct what was wrong
place-moved = The place has moved here
place-split = It is another place of its own
place-merge = Put together with another
place-merge-other = The one that is the same place
place-close = The place has closed
place-reopen = The place is open again
place-history = What has happened
place-who = { $day }, { $name }
place-undo = Take back
place-taken-back = taken back

concern-set = Set as a place of concern
concern-renew = Keep the concern
concern-note = A person sets it, with what was seen, a reason, and a day on which somebody looks at it again. Only a person ends it.
concern-evidence = What was seen?
concern-evidence-help = One on each line, for example "visit 2 November: somebody else answered". No names.
concern-reason = Why is it a concern?
concern-review = Looked at again
concern-save = Save
concern-end = No concern any more
concern-end-reason = Why not any more?

act-found = Known: { $where } (from { $origin })
act-corrected = Corrected to { $where }
act-moved = Moved to { $where }
act-merged = Put together with entry { $id }
act-split = Split: { $name } stands on its own
act-closed = Closed
act-reopened = Open again
act-concern = Place of concern: { $reason } Seen: { $evidence }. Looked at again { $review }.
act-concern-ended = No concern any more: { $reason }
act-visited = Visit by { $team }: { $result } { $offered } offers, { $accepted } accepted.
act-suspicion = Worried for somebody: come again.
act-undone = Something was taken back
act-unknown = There is no such place. Go back to the list.
act-same = The two are one place already.
act-unfounded = Write what was seen, why it is a concern, and a day after today on which somebody looks at it again.
act-no-concern = The place is no place of concern.
act-no-reason = Write a reason.
act-counts = No more can be accepted than was offered.
act-already = It is so already.
act-gone = It was taken back already.
act-rests = Something later rests on it. Take that back first.
act-too-long = The text is too long: 1,000 characters at most.

visit-title = Write down a visit
visit-result = What did you meet?
visit-met = We spoke with somebody.
visit-not-met = It was open, but we could speak with nobody.
visit-empty = Nobody was there.
visit-offers = Offers
visit-offered = Offered
visit-accepted = Accepted
visit-suspicion = We are worried for somebody here: come again
visit-on = Day
visit-words = What the team needs to know next time
visit-words-help = Nobody's name.
visit-save = Save the visit
visit-no-result = Choose what you met.
visit-wrong-day = Choose a day, today at the latest.
visit-wrong-number = Write a number from 0 to 99.

advice-health = Begin with the health offer: it is for everybody.
advice-return = Come again: trust takes more than one visit.
advice-hour = Try another time of the day.
advice-review = The concern is to be looked at again.

visits-title = Today's visits
visits-lead = { $date }, { $team }: { $visits }.
count-visits = { $n ->
    [one] one visit
   *[other] { $count } visits
  }
visits-no-plan = There is no plan for today.
visits-none = There are no visits on today's plan.
visits-made = Visited today
visits-why = { $why } Visit by { $day }.
why-concern = Place of concern.
why-last-day = Its last day is near.
why-drawn = Drawn by lot.
visits-distance = about { $km } km from the stop before
visits-missed = On the plan, not yet visited
visits-late = There is no room for all
visits-late-note = You will not reach these places in time. Tell whoever leads the team.
visits-plan = Make a plan for seven days
visits-plan-again = Make a new plan from today
visits-plan-note = Places of concern come first. The rest is drawn by lot, so that none is forgotten.
visits-planned = Plan from { $first } to { $last }, made by { $name } { $time } from { $frame } places.

form-begin-note = The health offer comes first. Help does not depend on the answers.
form-language = Language:
form-begin = Begin
form-declined-note = If the person says no, nothing is kept.
form-band = band: { $band }
form-state-open = not finished
form-state-complete = finished
form-state-stopped = stopped on the way
form-new = new
form-not-asked = Not asked, or no answer
form-no-answer = no answer
form-theirs = Saved by the other: { $answer }
form-wrong = The answer does not fit the question.
form-missing = The question waits for an answer. One can also stop.
form-problem = Look at these answers:
form-fresh = { $n ->
    [one] The answers lead to one more question:
   *[other] The answers lead to { $count } more questions:
  }
form-both = { $name } saved the form { $time }. Your answers stand in the fields, the others beside them. Save what is right.
form-finish = Finish
form-save = Save and go on
form-stop = Stop here
form-stop-note = The person can stop at any time, and chooses whether the answers are kept.
form-stop-keep = Stop, keep the answers
form-stop-drop = Stop, keep nothing
form-back = To { $place }
form-filled = { $state }, { $day }, { $name }, { $language }
form-urgent = May be under 18
form-urgent-note = Call the person appointed at once.
form-law-checked = checked { $day }
form-outcome = Band
form-outcome-note = A sign is a reason to come again and to offer help. It does not say who anybody is.
form-no-signs = No answer is a sign of anything.
form-other = May also be: { $reading }
form-without = Without this answer: { $band }.
form-without-same = Without this answer the band is the same.
form-unanswered = { $n ->
    [one] One question without an answer
   *[other] { $count } questions without an answer
  }
form-unanswered-note = No answer is not a no.
form-answers = { $n ->
    [one] One answer
   *[other] { $count } answers
  }
form-to-visit = Write down the visit
form-withdraw = Delete the talk
form-withdraw-note = If the person does not want the answers kept, delete them here. They cannot be brought back.

coverage-title = Coverage
coverage-lead = From { $from } to { $to }.
coverage-period = Period
coverage-caption = Visits to the places that are known, and to those that there are estimated to be
coverage-region = Region
coverage-known = Known
coverage-visited = Visited
coverage-of-known = Share of known
coverage-estimate = Estimate
coverage-of-estimated = Share of the estimate
coverage-met = Spoke with somebody
coverage-offers = Offered / accepted
coverage-wait = Longest wait
coverage-concern = Concern
count-days = { $n ->
    [one] 1 day
   *[other] { $count } days
  }
coverage-no-estimate = cannot be estimated
coverage-interval = { $value } ({ $low }–{ $high })
coverage-how = The estimate looks at how many places are both in ads and known from lists or visits (Chapman, 95 %). It takes it that no place comes or goes meanwhile. If places in ads are easier to find, the number is too low.
coverage-problems = { $n ->
    [one] One act could not be followed and does not count.
   *[other] { $count } acts could not be followed and do not count.
  }

done-place-added = The place was added.
done-place-acted = It is saved.
done-place-undone = It was taken back.
done-place-visited = The visit is saved.
done-place-before = It was saved before.
done-plan-drawn = The plan is made.
done-form-declined = Nothing was kept.
done-form-saved = The answers are saved.
done-form-ended = The talk is saved.
done-form-dropped = The talk was stopped, and nothing was kept.
done-form-withdrawn = The answers were deleted.
form-both-ended = { $name } ended the talk { $time }. Yours is not saved. Your answers stand in the fields, the saved ones beside them. If something is missing, begin a new talk, or write it in the note of the visit.
form-ended-open = See what is saved
form-gone-title = The talk cannot be shown
form-gone-version = The form's version is not in the configuration any more. Ask your administrator to put the file back.
form-gone-changed = The form's version was changed since it was filled in. Ask your administrator to put the file back as it was.
form-gone-place = The place is not among yours any more.
