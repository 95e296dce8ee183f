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
        let _ = call; Ok(model::Empty {}.into())
    }
}

impl Handler<model::op::ChangeBook> for Shelf {
    async fn handle(&self, call: Authorized<'_, Self, model::op::ChangeBook>) -> Result<Reply<model::Empty>, Failure> {
        let _ = call; Ok(model::Empty {}.into())
    }
}

fn mint(book: resources::Book) -> kurodo_gateway::authz::Permit<'static, action::ChangeBook> {
    kurodo_gateway::authz::Permit::mint(Box::new(book))
}

fn main() {}
