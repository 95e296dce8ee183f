use kurodo_gateway::{Errand, Keeper, Progress};
use kurodo_store::Scan;

use crate::{
    CloudWatch, Error,
    alarm::{HISTORY_KEPT, Item},
    data::{merge, roll_up},
    table::chore,
};

impl Keeper<chore::MergeData> for CloudWatch {
    async fn keep(&self, errand: Errand<'_, Self, chore::MergeData>) -> Result<Progress, Error> {
        let now = errand.call.now_ms.div_euclid(1000);
        merge(&self.store.write(&errand.permits), now).await?;
        Ok(Progress::More)
    }
}

impl Keeper<chore::RollUpData> for CloudWatch {
    async fn keep(&self, errand: Errand<'_, Self, chore::RollUpData>) -> Result<Progress, Error> {
        let Some(series) = errand.permits.resource().due else { return Ok(Progress::Done) };
        let now = errand.call.now_ms.div_euclid(1000);
        roll_up(&self.store.write(&errand.permits), series, now).await?;
        Ok(Progress::More)
    }
}

impl Keeper<chore::PublishFigures> for CloudWatch {
    async fn keep(&self, errand: Errand<'_, Self, chore::PublishFigures>) -> Result<Progress, Error> {
        // They are of the minute before.
        let now = errand.call.now_ms.div_euclid(1000);
        for permit in &errand.permits {
            let figures = permit.resource().figures.iter();
            let data: Vec<_> = figures.map(|figure| figure.datum(now - 60)).collect();
            self.append(permit, &data, now).await?;
        }
        Ok(Progress::Done)
    }
}

/// Items of a history that are deleted together.
const ITEMS: usize = 1000;

impl Keeper<chore::ForgetHistory> for CloudWatch {
    async fn keep(&self, errand: Errand<'_, Self, chore::ForgetHistory>) -> Result<Progress, Error> {
        for permit in &errand.permits {
            let writer = self.store.write(permit);
            let mut transaction = writer.transaction();
            transaction.in_annex(permit);
            for record in writer.annex(permit).scan(&Scan::default().limit(ITEMS))? {
                if errand.call.now_ms - Item::read(&record.value)?.time > HISTORY_KEPT {
                    transaction.delete(&record.key);
                }
            }
            transaction.commit().await?;
        }
        Ok(Progress::More)
    }
}
