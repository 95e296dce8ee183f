include!("../shelf.rs");

service! { Shelf:
    resources { Book { title } = "arn:aws:shelf:::{title}"; }
    actions {
        ReadBook: Read on Book = "shelf:ReadBook";
        ChangeBook: Write on Book = "shelf:ChangeBook";
    }
    operations {
        ReadBook: ReadBook on book(title);
        ChangeBook: ChangeBook on book(title);
    }
    refused {}
}

impl Handler<model::op::ReadBook> for Shelf {
    async fn handle(&self, call: Authorized<'_, Self, model::op::ReadBook>) -> Result<Reply<model::Empty>, Failure> {
        let _ = self.store.read(&call.permits).get("page"); Ok(model::Empty {}.into())
    }
}

impl Handler<model::op::ChangeBook> for Shelf {
    async fn handle(&self, call: Authorized<'_, Self, model::op::ChangeBook>) -> Result<Reply<model::Empty>, Failure> {
        let _ = self.store.write(&call.permits).transaction(); Ok(model::Empty {}.into())
    }
}

fn main() {}
