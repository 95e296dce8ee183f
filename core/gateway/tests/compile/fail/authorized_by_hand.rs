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

async fn call(shelf: &Shelf, call: &kurodo_gateway::Call) {
    let input = model::Titled { title: String::new() };
    let body = &mut kurodo_gateway::Body::empty();
    let _ = Handler::<model::op::ReadBook>::handle(shelf, Authorized { input, permits: todo(), body, call }).await;
}
fn todo<T>() -> T {
    unreachable!()
}

fn main() {}
