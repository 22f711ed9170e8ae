"""Computes with scipy and statsmodels what bavn computed, and stops where they differ. One JSON line a case.

Wilson, Clopper-Pearson, Newcombe's difference: statsmodels.stats.proportion. Likelihood ratios: scipy.stats.contingency
(the interval of Katz is Simel's). Cohen's kappa: statsmodels.stats.inter_rater; Krippendorff's alpha: krippendorff. Log-linear models: statsmodels' Poisson
regression; the unseen number and its variance from its intercept. Weighted shares: statsmodels' weighted means for the
estimate and the variance. Chapman and Chao: the published formulas, written down here once more from the papers named in
crates/report/src/stat/recapture.rs, since no PyPI package has them.
"""

import itertools
import json
import math
import sys

import krippendorff
import numpy as np
import statsmodels.api as sm
from scipy import stats
from scipy.stats.contingency import relative_risk
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import DescrStatsW


def near(what, found, told, relative=1e-6):
    if not np.allclose(np.asarray(found, float), np.asarray(told, float), rtol=relative, atol=1e-9):
        sys.exit(f"{what}: {found}, not {told}")


def z(level):
    return stats.norm.ppf(0.5 + level / 2)


def above(seen, unseen, variance, level):
    spread = math.exp(z(level) * math.sqrt(math.log(1 + variance / unseen**2)))
    return [seen + unseen, seen + unseen / spread, seen + unseen * spread]


def design(lists, pairs):
    rows = []
    for cell in range(1, 2**lists):
        on = [cell >> at & 1 for at in range(lists)]
        rows.append([1, *on, *(on[a] * on[b] for a, b in pairs)])
    return np.array(rows, float)


def model(lists, seen, pairs):
    counts = np.array([dict(map(tuple, seen))[cell] for cell in range(1, 2**lists)], float)
    fitted = sm.GLM(counts, design(lists, pairs), family=sm.families.Poisson()).fit(tol=1e-12)
    unseen = math.exp(fitted.params[0])
    return fitted, counts.sum(), unseen, fitted.cov_params()[0, 0]


def share(case):
    hits, of, level = case["in"]
    near("estimate", case["wilson"][0], hits / of)
    near("Wilson", case["wilson"][1:], proportion_confint(hits, of, 1 - level, "wilson"))
    near("Clopper-Pearson", case["exact"][1:], proportion_confint(hits, of, 1 - level, "beta"))


def difference(case):
    a, n, b, m, level = case["in"]
    near("difference", case["out"][0], a / n - b / m)
    near("Newcombe", case["out"][1:], confint_proportions_2indep(a, n, b, m, method="newcomb", alpha=1 - level))


def none(case):
    of, level = case["in"]
    near("none of n", case["out"], stats.beta.ppf(level, 1, of))


def ratios(case):
    (a, b, c, d), level = case["in"]
    for name, top, below in [("positive", a, b), ("negative", c, d)]:
        found = relative_risk(top, a + c, below, b + d)
        limits = found.confidence_interval(level)
        near(name, case[name], [found.relative_risk, limits.low, limits.high])


def kappa(case):
    table, level = case["in"]
    found = cohens_kappa(np.array(table))
    half = z(level) * found.std_kappa
    near("kappa", case["out"], [found.kappa, max(found.kappa - half, -1), min(found.kappa + half, 1)])


def alpha(case):
    units = case["in"]
    readers = max(len(unit) for unit in units)
    table = np.array([[unit[at] if at < len(unit) else np.nan for unit in units] for at in range(readers)], float)
    near("alpha", case["out"], krippendorff.alpha(table, level_of_measurement="nominal"))
    kinds = max(max(unit) for unit in units) + 1
    counts = np.zeros((kinds, kinds))
    for unit in units:
        counts[unit[0], unit[1]] += 1
    near("kappa of pairs", case["kappa"], cohens_kappa(counts, return_results=False))


def chapman(case):
    m, c, r, level = case["in"]
    near("Chapman", case["out"][0], (m + 1) * (c + 1) / (r + 1) - 1)
    a, b, twice = m - r + 0.5, c - r + 0.5, r + 0.5
    deviation = math.sqrt(1 / twice + 1 / a + 1 / b + twice / (a * b))
    ends = [m + c - r - 0.5 + a * b / twice * math.exp(sign * z(level) * deviation) for sign in (-1, 1)]
    near("Sadinle", case["out"][1:], [max(ends[0], m + c - r), ends[1]])


def chao(case):
    met, occasions, level = case["in"]
    seen, f1, f2, part = sum(met), met[0], met[1], (occasions - 1) / occasions
    if f2:
        ratio = f1 / f2
        unseen = part * f1**2 / (2 * f2)
        variance = f2 * (part * ratio**2 / 2 + part**2 * ratio**3 + part**2 * ratio**4 / 4)
    else:
        unseen = part * f1 * (f1 - 1) / 2
        variance = unseen + part**2 * f1 * (2 * f1 - 1) ** 2 / 4 - part**2 * f1**4 / (4 * (seen + unseen))
    near("Chao", case["out"], above(seen, unseen, variance, level))


def loglinear(case):
    lists, seen, pairs, level = case["in"]
    fitted, met, unseen, spread = model(lists, seen, pairs)
    near("deviance", case["deviance"], fitted.deviance, 1e-5)
    near("AIC", case["aic"], fitted.aic)
    near("freedom", case["freedom"], fitted.df_resid)
    near("total", case["out"], above(met, unseen, unseen**2 * spread + unseen, level), 1e-5)


def averaged(case):
    lists, seen, level = case["in"]
    every = list(itertools.combinations(range(lists), 2))
    models = [model(lists, seen, pairs) for size in range(len(every) + 1) for pairs in itertools.combinations(every, size)]
    models = [one for one in models if 0 <= one[3] <= 25]
    near("models", case["models"], len(models))
    weights = np.exp(-(np.array([one[0].aic for one in models]) - min(one[0].aic for one in models)) / 2)
    weights /= weights.sum()
    logs = np.array([math.log(one[2]) for one in models])
    own = np.array([one[3] + 1 / one[2] for one in models])
    mean = weights @ logs
    error = weights @ np.sqrt(own + (logs - mean) ** 2)
    near("averaged", case["out"], [models[0][1] + math.exp(mean + at * z(level) * error) for at in (0, -1, 1)], 1e-5)


def weighted(case):
    people, level = case["in"]
    yes = np.array([float(yes) for yes, _ in people])
    weights = np.array([1 / probability for _, probability in people])
    mean = DescrStatsW(yes, weights).mean
    # The linearised variance of a ratio: scores of the weighted total of y - mean.
    scores = weights * (yes - mean) / weights.sum()
    effective = min(mean * (1 - mean) / (scores @ scores), len(people))
    near("effective", case["effective"], effective)
    limits = proportion_confint(mean * effective, effective, 1 - level, "wilson")
    near("weighted", case["out"], [mean, *limits])


def main():
    kinds = [share, difference, none, ratios, kappa, alpha, chapman, chao, loglinear, averaged, weighted]
    by_name = {kind.__name__: kind for kind in kinds}
    done = 0
    with open(sys.argv[1]) as lines:
        for line in lines:
            case = json.loads(line)
            by_name[case["what"]](case)
            done += 1
    print(f"{done} cases agree")


main()
