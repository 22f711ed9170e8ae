//! Municipalities and the distances between them.

use crate::error::GeographyError;
use std::collections::BTreeMap;

/// Where the municipalities lie: the centre of each one's area, its name and region.
#[derive(Debug, Clone, Default)]
pub struct Geography {
    places: BTreeMap<String, Municipality>,
}

#[derive(Debug, Clone)]
struct Municipality {
    name: String,
    region: String,
    lat: f64,
    lon: f64,
}

impl Geography {
    /// Reads `config/places/municipalities.csv` (`code,name,region,lat,lon`, WGS 84 in degrees; no value holds a comma).
    pub fn parse(municipalities_csv: &str) -> Result<Self, GeographyError> {
        let mut lines = municipalities_csv.lines().enumerate();
        let header = lines.next().map_or("", |(_, line)| line.trim_start_matches('\u{feff}').trim());
        if header != "code,name,region,lat,lon" {
            return Err(GeographyError::Header(header.chars().take(60).collect()));
        }
        let mut places = BTreeMap::new();
        for (index, line) in lines {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let row = |what| GeographyError::Row { line: index + 1, what };
            let values: Vec<&str> = line.split(',').collect();
            let [code, name, region, lat, lon] = values.as_slice() else {
                return Err(row("it holds another number of values"));
            };
            let lat = lat.parse().map_err(|_| row("the latitude is no number"))?;
            let lon = lon.parse().map_err(|_| row("the longitude is no number"))?;
            let place = Municipality { name: (*name).to_owned(), region: (*region).to_owned(), lat, lon };
            places.insert((*code).to_owned(), place);
        }
        Ok(Self { places })
    }

    /// Kilometres between the centres of two municipalities along the great circle; `None` where a code is unknown.
    pub fn km(&self, a_code: &str, b_code: &str) -> Option<f64> {
        let (a, b) = (self.places.get(a_code)?, self.places.get(b_code)?);
        // Haversine with the mean radius of the Earth (IUGG), 6371.0 km.
        let (d_lat, d_lon) = ((b.lat - a.lat).to_radians(), (b.lon - a.lon).to_radians());
        let h = (d_lat / 2.0).sin().powi(2)
            + a.lat.to_radians().cos() * b.lat.to_radians().cos() * (d_lon / 2.0).sin().powi(2);
        Some(2.0 * 6371.0 * h.sqrt().min(1.0).asin())
    }

    /// Latitude and longitude of a municipality's centre, in degrees.
    pub fn centre(&self, code: &str) -> Option<(f64, f64)> {
        self.places.get(code).map(|place| (place.lat, place.lon))
    }

    /// Code, name and region of each municipality, by code.
    pub fn municipalities(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.places.iter().map(|(code, place)| (code.as_str(), place.name.as_str(), place.region.as_str()))
    }

    /// The municipality's name.
    pub fn name(&self, code: &str) -> Option<&str> {
        self.places.get(code).map(|place| place.name.as_str())
    }

    /// The region it lies in.
    pub fn region(&self, code: &str) -> Option<&str> {
        self.places.get(code).map(|place| place.region.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "code,name,region,lat,lon\n0101,København,Region Hovedstaden,55.6757,12.5495\n\
                         0751,Aarhus,Region Midtjylland,56.1629,10.2039\n";

    #[test]
    fn copenhagen_and_aarhus_are_157_km_apart() {
        let geography = Geography::parse(TABLE).unwrap();
        let km = geography.km("0101", "0751").unwrap();
        assert!((150.0..165.0).contains(&km), "{km}");
        assert_eq!(geography.km("0101", "0101"), Some(0.0));
        assert_eq!(geography.km("0101", "9999"), None);
        assert_eq!(geography.name("0751"), Some("Aarhus"));
        assert_eq!(geography.region("0751"), Some("Region Midtjylland"));
    }

    #[test]
    fn a_broken_table_says_which_line() {
        assert!(matches!(Geography::parse("a,b\n"), Err(GeographyError::Header(_))));
        let broken = Geography::parse("code,name,region,lat,lon\n0101,København,R,x,12.5\n");
        assert!(matches!(broken, Err(GeographyError::Row { line: 2, .. })));
    }
}
