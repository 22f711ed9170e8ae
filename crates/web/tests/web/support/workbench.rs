//! What the pages ask of the rest of bavn, made up: a reader, and answers that are always the same.

use super::ads::read_ad;
use super::*;

/// Reads nothing but phone numbers of eight digits; the real reader is tested where it lives.
pub struct Bench(pub Arc<Catalogue>);

#[async_trait::async_trait]
impl Workbench for Bench {
    async fn read_text(&self, text: &str, on: Date) -> Result<TextRead, WorkbenchError> {
        let ad = read_ad(vec![(Field::Text, text.to_owned())]);
        let at = AdAt { ad: None, on: Some(on) };
        let not_fired = explain_ad(&self.0, &ad, &at);
        Ok(TextRead { firings: fire_ad(&self.0, &ad, &at), not_fired, reading: ad.reading })
    }

    async fn findings(&self, asked: &FindingsAsked) -> Result<FindingsMade, WorkbenchError> {
        Ok(documents::findings(asked))
    }

    fn settings(&self) -> Vec<Setting> {
        trials::settings()
    }

    /// A word where a number belongs is refused; all else is trial 7.
    async fn try_settings(
        &self,
        values: &[(String, String, String)],
        _at: Timestamp,
    ) -> Result<TrialId, WorkbenchError> {
        match values.iter().find(|(_, key, value)| key != "grade" && value.parse::<f64>().is_err()) {
            Some((_, key, value)) => Err(WorkbenchError::Refused { why: format!("{key}: '{value}' is no number") }),
            None => Ok(7),
        }
    }

    fn trial(&self, id: TrialId) -> Option<(Vec<SettingChange>, Trial)> {
        trials::trial(id)
    }

    /// Only reasons of more than one word are written down here.
    async fn adopt_trial(&self, id: TrialId, act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        Ok(match (id, act.reason.contains(' ')) {
            (7, true) => Adopted::Written(vec!["indicators/B/third_person_voice.toml".to_owned()]),
            _ => Adopted::Refused("the files cannot be written: change points by hand".to_owned()),
        })
    }

    fn shadows(&self) -> Vec<ShadowInfo> {
        Vec::from_iter(self.0.get("third_person_voice").map(|indicator| ShadowInfo {
            file: "shadow/B/third_person_voice.toml".to_owned(),
            version: "sha256:shadow".to_owned(),
            indicator: indicator.clone(),
            changes: self.trial(7).map_or_else(Vec::new, |(changes, _)| changes),
            replaces: true,
        }))
    }

    async fn adopt_shadow(&self, id: &str, _act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        Ok(Adopted::Written(vec![format!("indicators/B/{id}.toml")]))
    }

    async fn drop_shadow(&self, _id: &str, _act: &ConfigurationAct) -> Result<Adopted, WorkbenchError> {
        Ok(Adopted::Refused("the folder cannot be written".to_owned()))
    }

    /// Nobody analyses here: what is judged waits.
    async fn follow_judgement(&self, _at: Timestamp) -> Followed {
        Followed::Soon
    }

    async fn compare_ads(&self, a: &AdRef, b: &AdRef) -> Result<Option<Waterfall>, WorkbenchError> {
        Ok(Some(pairs::waterfall(a, b)))
    }
}
