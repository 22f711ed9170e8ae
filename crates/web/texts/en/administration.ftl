sites-title = Sites
sites-lead = Each site, what it is doing now, and what the last runs found.
sites-none = No site is set up. Put a folder into config/sites and run bavn site check.
site-facts = { $up } up now, { $ever } ever seen. Last good run: { $last }.
site-history = Runs
site-no-runs = No runs yet.
site-import-only = The ads come from files. The site is never visited.
site-never-run = The site has not been visited yet. It waits for its schedule.
site-wish-pause = Paused
site-pause = Pause
site-resume = Let it run again
phase-idle = Waits for its next run
phase-running = Running
phase-waiting = Waiting
phase-failed = Failed
phase-closed = Closed to us
phase-paused = Paused
phase-import-only = Files only
phase-new = New
since-time = Since { $time }.
until-time = Until { $time }.
runs-of = Last runs on { $site }
run-started = Began
run-end = Result
run-ended = { $end }, { $time }
run-good = Good
run-partial = Partial
run-failed = Failed
run-under-way = Under way
run-pages = Pages read
run-listed = Listed
run-new = New
run-changed = Changed
run-gone = Gone
run-errors = Errors by kind
run-no-errors = None
people-title = People
people-lead = Everybody who can sign in, and what they may do.
people-caption = People by user name
person-name = Name
person-login = User name
person-role = Role
person-team = Team
person-since = Made
person-urgent = Appointed for the urgent route
person-active = Active
person-disabled = Closed { $date }
phase-resting = Waits by its timetable
site-stop = Stop the run
site-pause-help = A pause keeps the run open for later. A stop ends it with what was read. Both hold until the site is let run again.
notices-title = Notices
notices-caption = Notices of the site, newest first
notices-none = No notices.
notices-open-title = Sites that need a look
notice-open = { $phase }, since { $time } at { $clock }
notice-lasts = Lasts
notice-began = Began
notice-ended = Ended
notice-what = What and why
run-coverage = Coverage
run-politeness = Politeness
coverage-whole = The whole listing
coverage-partial = { $n ->
    [one] { $count } listing page is missing
   *[other] { $count } listing pages are missing
 }
coverage-pages = { $n ->
    [one] { $count } ad page fetched
   *[other] { $count } ad pages fetched
 }
coverage-gap = { $hours } h { $minutes } min since the look before
polite-requests = { $n ->
    [one] { $count } request
   *[other] { $count } requests
 }
polite-gap = at least { $gap } s apart, { $agreed } s agreed
polite-busy = asked for quiet { $n ->
    [one] { $count } time
   *[other] { $count } times
 }
polite-robots = robots.txt said no { $n ->
    [one] { $count } time
   *[other] { $count } times
 }
menu-audit = Log
role-auditor = Auditor
audit-title = Log of looks
audit-lead = Who saw what, when and why. Your search is written to the log too.
audit-alarms = Alarms of the last 30 days
audit-no-alarms = Nobody has passed a limit.
audit-alarm = { $who } had { $count } { $class } on one day
audit-class-lookup = searches for a person
audit-class-view = views of personal data
audit-class-export = exports
audit-search = Search the log
audit-purpose = Purpose of the search
audit-purpose-missing = Write what the search is for.
audit-day-wrong = A date must be a day, for example 2026-11-24.
audit-who = Who
audit-anybody = Anybody
audit-from = From day
audit-to = To and including day
audit-kind = Kind
audit-kind-help = The beginning is enough, for example sign_in, case or export.
audit-words = Words in purpose or subject
audit-system = User of the server, or job
audit-do = Search
audit-found = Found
audit-none = Nothing in the log fits the search.
audit-caption = Looks, newest first
audit-number = No.
audit-time = Time
audit-why = Purpose
audit-subject = Subject
audit-older = Show older
audit-deleted = (deleted)
audit-machine = Server: { $name }
